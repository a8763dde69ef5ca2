#!/bin/sh
# Second keying at the review station, over the wire: who may type what again, what each
# of the two sees, agreement and disagreement, two clerks whose values nobody there can
# open until a manager comes. Judged with sqlite3. Everybody is invented: EXEMPLE FICTIF.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/station.inc"
O=$T/office
"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" >"$O.words" 2>/dev/null
"$BUILD/tool-people" "$O" "une phrase de test" awa:gestionnaire issa:gestionnaire \
    fanta:gestionnaire sidi:saisie kadi:saisie sup:superviseur >/dev/null
"$LAKANA" -C "$O" print --cases 1 --forms 1.B -o "$T/pack.pdf" --manifest "$T/pack.json" \
    2>/dev/null
"$BUILD/tool-fill" --seed 11 --profile copier -o "$T/scan.pdf" "$T/pack.pdf" "$T/pack.json"
"$LAKANA" -C "$O" ingest "$T/scan.pdf" >/dev/null 2>&1
echo "une phrase de test" >"$T/passphrase"
chmod 600 "$T/passphrase"
export LAKANA_PASSPHRASE_FILE="$T/passphrase"
run "$LAKANA" -C "$O" review --second dates,enfants --as awa
is "$S" 2 "a kind that is none"
run "$LAKANA" -C "$O" review --second dates --as sidi
is "$S" 1 "a clerk does not say what is typed twice"
run "$LAKANA" -C "$O" review --second dates,noms --as awa
is "$S" 0 "a manager does"
says err "noms,dates" "and is told so"
is "$(sql "SELECT detail FROM journal WHERE what = 'second' AND who = 'awa'")" \
    '{"kinds":"noms,dates"}' "it is in the journal"
run "$LAKANA" -C "$O" parcel give --to sidi --kind noms --limit 3 --as awa
is "$S" 0 "names are given to a clerk"
open_station
at_station <<'PY'
import subprocess, time
from station import *

def decide(browser, item, **said):
    keys = {k: item[k] for k in ('key', 'version', 'keying') if k in item}
    return browser.post('decide', decisions=[dict(keys, **said)])

def find(browser, group, key):
    return [i for i in browser.queue('type', 'n=200&group=' + group)['items'] if i['key'] == key]

awa, issa, fanta = Browser('awa'), Browser('issa'), Browser('fanta')
equal(awa.state['second'], ['noms', 'dates'], 'the page knows what is typed twice')

# Two who agree.
one, two = awa.queue('type', 'n=2&group=dates')['items']
equal((one['keyed'], 'values' in one), (False, False), 'nobody has typed it')
before, closed = awa.counts('type')
done = decide(awa, one, value='12/02/2026')
equal([d['version'] for d in done['done']], [0], 'the first is kept')
equal(sql('SELECT count(*) FROM decisions'), 0, 'and decides nothing')
equal(awa.counts('type'), (before - 1, closed + 1), 'it is not there for who typed it')
equal(find(awa, 'dates', one['key']), [], 'nor in the list')
again = find(issa, 'dates', one['key'])[0]
equal((again['keyed'], 'values' in again, '2026-02-12' in json.dumps(again)), (True, False, False),
      'another is told that it was typed, and not what')
equal([r['code'] for r in decide(awa, one, value='12/02/2026')['refused']], ['taken'], 'not twice by one person')
equal(len(decide(issa, again, value='12022026')['done']), 1, 'typed again, otherwise written')
equal(sql("SELECT value || who FROM decisions"), '2026-02-12issa', 'the same: decided')
equal(find(fanta, 'dates', one['key']), [], 'and waits for nobody')

# Two who do not; both began before either had typed.
held = find(issa, 'dates', two['key'])[0]
decide(awa, two, value='01/03/2026')
equal(len(decide(issa, held, value='07/03/2026')['done']), 1, 'who began before is the second')
equal([find(b, 'dates', two['key']) for b in (awa, issa)], [[], []], 'it waits for neither')
late = dict(held)
equal([r['code'] for r in decide(fanta, late, value='07/03/2026')['refused']], ['taken'],
      'nor for a third who has not seen both')
both = find(fanta, 'dates', two['key'])[0]
equal([(v['who'], v['text']) for v in both['values']], [('awa', '01/03/2026'), ('issa', '07/03/2026')],
      'a third sees both')
equal(len(decide(fanta, both, value='07/03/2026')['done']), 1, 'and says')
shown = subprocess.run([lakana, '-C', office, 'case', 'show', both['case'], '--as', 'awa'], capture_output=True, text=True)
tell('issa' in shown.stdout and 'typed by awa as well' in shown.stdout and
     'awa and issa had typed it otherwise' in shown.stdout, 'case show names all of them', shown.stdout + shown.stderr)

# Taking back, in order.
three = awa.queue('type', 'n=1&group=dates')['items'][0]
decide(awa, three, value='02/02/2026')
undone = awa.post('undo')['undone']
equal((undone['key'], undone['queue']), (three['key'], 'type'), 'undo takes back what was typed once')
equal(len(find(awa, 'dates', three['key'])), 1, 'and it waits again')
equal(fanta.post('undo')['undone']['key'], two['key'], 'undo of a decision as before')

# Two clerks; nobody else is there.
name = sql("SELECT c.page || ':' || c.row_no || ':' || c.field FROM crops c ORDER BY c.id")
for browser in (awa, issa, fanta):
    browser.post('lock')
sidi = Browser('sidi')
crop = sidi.queue('type')['items'][0]
equal(len(sidi.post('decide', decisions=[dict(key=crop['key'], version=0, value='Fictikoroba')])['done']), 1, 'a name, once')
equal(sql("SELECT count(*) FROM keyings WHERE sealed IS NOT NULL AND state = 'open'"), 1, 'is kept, sealed')
awa = Browser('awa')
given = subprocess.run([lakana, '-C', office, 'parcel', 'give', '--to', 'kadi', '--kind', 'noms', '--as', 'awa'],
                       capture_output=True, text=True)
equal(given.returncode, 0, 'the others are given to another clerk')
same = sql("SELECT c.id FROM crops c JOIN parcels k ON k.id = c.parcel WHERE k.login = 'kadi' AND"
           " c.page || ':' || c.row_no || ':' || c.field = '%s'" % name)
tell(same > 0, 'that one among them')
awa.post('lock')
kadi = Browser('kadi')
def typed(value):
    for _ in range(200):
        crop = kadi.queue('type')['items'][0]
        mine = crop['key'] == 'c:%d' % same
        kadi.post('decide', decisions=[dict(key=crop['key'], version=0, value=value if mine else 'EXEMPLE')])
        if mine:
            return
typed('Fictikorobo')
kept = "SELECT count(*) FROM keyings WHERE page || ':' || row_no || ':' || field = '%s' AND state = '%s'"
turns_end = time.monotonic() + 1.5 # the station compares once a second
while time.monotonic() < turns_end:
    kadi.ask('/api/state')
equal(sql(kept % (name, 'open')), 2, 'without a key nobody can tell')
files = b''.join(open(office + f, 'rb').read() for f in ('/lakana.db', '/lakana.db-wal'))
tell(b'Fictikorob' not in files, 'and nothing lies in clear')
awa = Browser('awa')
for _ in range(50):
    if sql(kept % (name, 'differs')) == 2:
        break
    time.sleep(0.1)
equal(sql(kept % (name, 'differs')), 2, 'with a manager there they are compared')
pair = find(awa, 'noms', name)[0]
equal([v['text'] for v in pair['values']], ['Fictikoroba', 'Fictikorobo'], 'who sees both')
equal(len(decide(awa, pair, value='Fictikoroba')['done']), 1, 'and says')
tell(sidi.post('undo')['undone'] is None, 'what was settled is not taken back by who typed first')

# What was decided of an earlier keying is not the last thing somebody did.
awa.post('lock')
extra = dict(key=sql("SELECT 'c:' || c.id FROM crops c JOIN parcels k ON k.id = c.parcel WHERE k.login = 'sidi'"
                     " AND c.state = 'given' ORDER BY c.id"), version=0)
sidi.post('decide', decisions=[dict(extra, value='EXEMPLE')])
mine = sql("SELECT max(id) FROM keyings WHERE who = 'sidi'")
tell('note' in sidi.post('undo')['undone'], 'a clerk takes back what was typed once')
equal(sql('SELECT state FROM keyings WHERE id = %d' % mine), 'withdrawn', 'that one')
print('end')
PY
told
run "$LAKANA" -C "$O" review --second none --as awa
is "$(sql "SELECT value FROM settings WHERE name = 'second'")" none "typed once again"
"$LAKANA" -C "$O" journal verify >"$T/out" 2>"$T/err"
ok $? "the journal is whole"
end
