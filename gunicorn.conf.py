"""How the web server runs: one process per core, up to four. Put a proxy in front of it to face the world."""

import os

from config import from_environment

_config = from_environment()

bind = f"{_config.host}:{_config.port}"
workers = min(4, os.cpu_count() or 1)
worker_class = "sync"  # threads would fight for the interpreter lock; see the decision record on the server
timeout = 60
graceful_timeout = 20
keepalive = 2
limit_request_line = 8190
limit_request_fields = 60
# Forwarding headers are judged in the application, which knows how many proxies are trusted.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - a heartbeat must never wait for a disk
loglevel = "warning"
