"""Short forms of given names, so that search finds Robert under Bob. English, with a few of its neighbours."""

FORMS = """
abigail abby abbie gail
abraham abe
albert al bert bertie
alexander alex al sandy xander sasha
alexandra alex sandra sandy lexi sasha
alfred al fred alfie
alice ali
amanda mandy
andrew andy drew
angela angie
ann annie anna nan
anne annie anna nan
anthony tony
antonio tony toni
arthur art
barbara barb babs
beatrice bea trixie
benjamin ben benny benji
bernard bernie
bradley brad
caroline carrie caro
catherine cathy kate katie cat kitty
charles charlie chuck chas
charlotte charlie lottie
christina chris tina christy
christine chris tina christy
christopher chris kit topher
clifford cliff
constance connie
cynthia cindy
daniel dan danny
david dave davy
deborah deb debbie
dennis denny
donald don donny
dorothy dot dottie dolly
douglas doug
edmund ed eddie ned
edward ed eddie ted teddy ned
eleanor ellie nell nora
elizabeth liz lizzie beth betty betsy eliza libby lisa bess
emily em emmy
ernest ernie
eugene gene
florence flo
frances fran frannie fanny
francis frank fran
francisco paco pancho frank
frederick fred freddie rick
gabriel gabe
gabriella gabi ella
geoffrey geoff jeff
gerald gerry jerry
gregory greg
guadalupe lupe
gwendolyn gwen wendy
harold harry hal
helen nell ellie
henry hank harry hal
howard howie
isaac ike
isabella izzy bella
jacob jake
jacqueline jackie
james jim jimmy jamie
janet jan
jeffrey jeff
jennifer jen jenny
jerome jerry
jessica jess jessie
johannes hans
john jack johnny jon
jonathan jon jonny
joseph joe joey
josefina pepa
jose pepe
josephine jo josie
joshua josh
judith judy
katherine kate katie kathy kat kitty kay
kathleen kathy kate
kenneth ken kenny
kimberly kim
lawrence larry laurie
leonard leo len lenny
leonardo leo
leslie les
lillian lily lil
louis lou louie
louise lou
lucille lucy
madeline maddie
manuel manny manolo
margaret maggie meg peggy peg marge margie greta daisy rita
maria mary mia
martha marty patsy
martin marty
mary molly polly mae
matthew matt
maximilian max
michael mike mick mickey
michelle shelly
mildred millie
mohammed mo
nancy nan
natalie nat
nathan nate
nathaniel nate nat
nicholas nick nicky
nicole nicky
olivia liv livvy
oliver ollie
pamela pam
patricia pat patty tricia trish
patrick pat paddy
peter pete
philip phil pip
priscilla cilla
rachel rae
randolph randy
raymond ray
rebecca becky becca
reginald reg reggie
richard rick dick rich richie ricky
robert bob bobby rob robbie bert
roberta bobbie
roger rodge
ronald ron ronny
rosemary rose rosie
rudolph rudy
russell russ
samantha sam
samuel sam sammy
sandra sandy
sarah sally sadie
sebastian seb bastian
sidney sid
sophia sophie
stanley stan
stephanie steph
stephen steve
steven steve
stuart stu
susan sue susie
theodora thea dora
theodore ted teddy theo
theresa terry tess tessa
thomas tom tommy
timothy tim
valerie val
veronica ronnie
victor vic
victoria vicky tori
vincent vince
virginia ginny ginger
walter walt wally
william bill billy will willie liam
winifred winnie
zachary zach
"""


def _both_ways() -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = {}
    for row in FORMS.split("\n"):
        full, *short = row.split() or [""]
        for form in short:
            known.setdefault(full, set()).add(form)
            known.setdefault(form, set()).add(full)
    return {name: frozenset(others) for name, others in known.items()}


OTHER_FORMS = _both_ways()
"""A folded given name → the short forms that people use for it, and the full names that a short form may stand for."""
