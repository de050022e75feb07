// Everything on a page works without these. Each module adds one comfort.
import "./swap.js";
import "./board.js";
import "./shortcuts.js";
import "./rows.js";
import "./again.js";
import "./rehearse.js";
import "./drawer.js";
import "./sheet.js";
import "./toasts.js";
import "./upload.js";
import "./picker.js";
import "./sieve.js";
import "./print.js";
import "./offline.js";
