#!/bin/sh
# The review station at work, over the wire: a wall, typing, undo, two people at once, a
# clerk's parcel, a conflict, a page without identity, what each role may see. Judged with
# sqlite3. Everybody is invented: EXEMPLE FICTIF.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/station.inc"
O=$T/office
"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" >"$O.words" 2>/dev/null
"$BUILD/tool-people" "$O" "une phrase de test" awa:gestionnaire issa:gestionnaire \
    sidi:saisie sup:superviseur >/dev/null
"$LAKANA" -C "$O" print --cases 2 --forms 1.A,1.B -o "$T/pack.pdf" --manifest "$T/pack.json" \
    2>/dev/null
for seed in 11 12; do # the second time by another hand: a photocopy
    "$BUILD/tool-fill" --seed $seed --profile copier -o "$T/scan$seed.pdf" "$T/pack.pdf" \
        "$T/pack.json"
done
pages=$(qpdf --show-npages "$T/scan11.pdf")
qpdf --empty --pages "$T/scan11.pdf" 1-$((pages - 1)) -- "$T/most.pdf"
qpdf --empty --pages "$T/scan12.pdf" 2 -- "$T/other.pdf"
pdftoppm -q -r 200 -gray -f "$pages" -l "$pages" -singlefile "$T/pack.pdf" "$T/page" 2>/dev/null
python3 - "$T" <<'PY'
import struct, sys, zlib
t = sys.argv[1]
kind, size, depth, data = open(t + '/page.pgm', 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
page, mm = bytearray(data), 200 / 25.4
for x, y, wide, high in ((22, 8, 168, 28), (20, 260, 168, 30)):  # codes and printed code
    for row in range(int(y * mm), int((y + high) * mm)):
        a, b = int(x * mm), int((x + wide) * mm)
        page[row * w + a:row * w + b] = b'\xff' * (b - a)
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes(page[i * w:(i + 1) * w]) for i in range(h))
open(t + '/lost.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
PY
"$LAKANA" -C "$O" ingest "$T/most.pdf" "$T/other.pdf" "$T/lost.png" >/dev/null 2>&1
echo "une phrase de test" >"$T/passphrase"
chmod 600 "$T/passphrase"
LAKANA_PASSPHRASE_FILE=$T/passphrase "$LAKANA" -C "$O" parcel give --to sidi --kind nombres --as awa \
    >"$T/out" 2>"$T/err"
ok $? "numbers are given to a clerk"
run "$LAKANA" -C "$O" review --list --json
is "$S $(python3 -c "
import collections, json
lines = [json.loads(line) for line in open('$T/out')]
n = collections.Counter(line['queue'] for line in lines)
wanted = ['case', 'field', 'form', 'key', 'keyed', 'label', 'page', 'queue', 'row']
print(all(sorted(line) == wanted for line in lines), n['conflicts'], n['identity'], n['missing'])")" \
    "0 True 1 1 1" "review --list tells what waits, one object a line"
run "$LAKANA" -C "$O" review --list
says out "^ +1  the same page with other ink" "and for a look"
open_station
at_station <<'PY'
import subprocess
from station import *

awa, issa = Browser('awa'), Browser('issa')
equal([q['id'] for q in awa.state['queues']],
      ['marks', 'choices', 'type', 'required', 'conflicts', 'identity', 'contradictions', 'missing'],
      'the queues, in their order')

# Typing.
dates = awa.queue('type', 'n=3&group=dates')
one = dates['items'][0]
equal((one['format'], one['group'], one['length']), ('date', 'dates', 8), 'a date to type')
tell(awa.ask(one['crop'])[:4] == b'\x89PNG', 'its crop')
def decide(browser, item, **said):
    return browser.post('decide', decisions=[dict(key=item['key'], version=item['version'], **said)])
bad = decide(awa, one, value='31/02/2026')
equal([r['code'] for r in bad['refused']], ['value'], 'the 31st of February is refused')
equal(sql('SELECT count(*) FROM decisions'), 0, 'and nothing is written')
before = awa.count('type')
good = decide(awa, one, value='12/02/2026')
equal(len(good['done']), 1, 'a date is taken')
equal(sql('SELECT value FROM decisions'), '2026-02-12', 'and is on the disk')
equal(awa.count('type'), before - 1, 'one less waits')
late = decide(issa, one, value='13/02/2026')
equal([(r['code'], r['by']) for r in late['refused']], [('taken', 'awa')], 'who was slower is told who was first')
undone = awa.post('undo')['undone']
equal((undone['key'], undone['queue']), (one['key'], 'type'), 'undo takes it back')
equal(awa.post('undo')['undone'], None, 'then there is nothing to take back')
again = [i for i in issa.queue('type')['items'] if i['key'] == one['key']]
equal(len(again), 1, 'it waits again')
equal(len(decide(issa, again[0], value=None)['done']), 1, 'nothing stands there: with the version of the undo')
equal(sql("SELECT count(*) FROM decisions"), 3, 'nothing was deleted')

# A name is sealed.
name = awa.queue('type', 'n=1&group=noms')['items'][0]
equal(len(decide(awa, name, value='Fictikoroba')['done']), 1, 'a name is taken')
tell(b'Fictikoroba' not in open(office + '/lakana.db', 'rb').read() +
     open(office + '/lakana.db-wal', 'rb').read(), 'and lies nowhere in clear')

# Marks: a wall.
for kind in ('marks', 'choices'):
    wall = awa.queue(kind)['items']
    said = [dict(key=i['key'], version=i['version'],
                 options={b['option']: n == 0 for n, b in enumerate(i['boxes'])}) for i in wall]
    if not said:
        continue
    both = [dict(s, options={o: True for o in s['options']}) for s, i in zip(said, wall) if i['one']][:1]
    if both:
        equal([r['code'] for r in awa.post('decide', decisions=both)['refused']], ['value'],
              kind + ': two answers to one question are refused')
    tell(all(awa.ask(i['boxes'][0]['crop'])[:4] == b'\x89PNG' for i in wall), kind + ': crops')
    answer = awa.post('decide', decisions=said)
    equal(len(answer['done']), len(said), kind + ': a wall is decided')
    equal(awa.count(kind), 0, kind + ': the queue is empty')
    equal(awa.post('undo')['undone']['key'], said[-1]['key'], kind + ': the last of it is taken back')

# A conflict.
conflict = awa.queue('conflicts')['items'][0]
equal([p['holds'] for p in conflict['pages']], [True, False], 'a conflict: the first holds')
tell(all(awa.ask(p['picture'])[:4] == b'\x89PNG' for p in conflict['pages']), 'both pictures')
tell(conflict['differs'] and all(d['a'] != d['b'] for d in conflict['differs']), 'boxes that differ', conflict)
done = awa.post('page', page=conflict['pages'][1]['page'], act='accept')
equal(awa.status, 200, 'the second is accepted')
equal(sql('SELECT holds FROM pages WHERE id = %d' % conflict['pages'][1]['page']), 1, 'and holds')
awa.post('page', page=conflict['pages'][1]['page'], act='accept')
equal(awa.status, 409, 'twice is once too often')
equal(awa.post('undo')['undone']['queue'], 'conflicts', 'undo takes that back as well')
equal((awa.count('conflicts'), sql('SELECT holds FROM pages WHERE id = %d' % conflict['pages'][0]['page'])),
      (1, 1), 'and it waits again')

# A page without identity.
lost = awa.queue('identity')['items'][0]
equal((lost['kind'], awa.ask(lost['picture'])[:4]), ('unknown', b'\x89PNG'), 'a page without identity')
equal(len(awa.queue('missing')['items']), 1, 'one file misses a page')
best = lost['proposals'][0]
tell(best['page_number'] == awa.queue('missing')['items'][0]['forms'][0]['copies'][0]['missing'][0]
     and best['why'], 'that page is proposed, with a reason', lost['proposals'])
awa.post('page', page=lost['page'], act='assign', case=best['case'], form='1.A', page_number=9)
equal(awa.status, 409, 'a page that the form has not is refused')
answer = awa.post('page', page=lost['page'], act='assign', case=best['case'], form=best['form'],
                  page_number=best['page_number'], copy=best['copy'])
equal((awa.status, awa.count('identity'), awa.count('missing')), (200, 0, 0), 'assigned: nothing is missing any more')
case = awa.ask('/api/case/' + best['case'])
equal((case['valid'], case['known'], [f['form'] for f in case['forms']]), (True, True, ['1.A', '1.B']), 'a file by its code')
equal(awa.ask('/api/case/MOP-00000-00000-00')['valid'], False, 'a code with wrong check digits')

# Another process at the same time.
left = awa.count('type')
one = awa.queue('type', 'n=1&group=dates')['items'][0]
subprocess.run([lakana, '-C', office, 'case', 'decide', one['case'], '--form', one['form'], '--copy', one['copy'],
                '--field', one['field'], '--row', str(one['row']), '--value', '01/01/2026', '--who', 'A17'],
               check=True, stderr=subprocess.DEVNULL)
equal(awa.count('type'), left - 1, 'what a command decides is gone from the queue')
equal([r['by'] for r in decide(awa, one, value='02/01/2026')['refused']], ['A17'], 'and cannot be decided again')

# A clerk: crops of a parcel, and nothing else.
sidi = Browser('sidi')
equal([q['id'] for q in sidi.state['queues']], ['type'], 'a clerk has something to type')
given = sidi.queue('type')
tell(1 <= len(given['items']) <= 3 and given['next'] is None, 'the next ones only', given)
crop = given['items'][0]
equal(sorted(crop), ['crop', 'format', 'group', 'key', 'label', 'length', 'queue', 'type', 'version'],
      'of a crop nothing is said of file or page')
tell(sidi.ask(crop['crop'])[:4] == b'\x89PNG', 'the crop')
last = sql("SELECT max(id) FROM crops WHERE state = 'given'")
sidi.ask('/parcel/%d' % last)
equal(sidi.status, 404 if given['count'] > 3 else 200, 'not one from the end of the parcel')
equal(len(sidi.post('decide', decisions=[dict(key=crop['key'], version=0, value='1')])['done']), 1, 'typed')
equal(sql("SELECT who FROM decisions ORDER BY id DESC"), 'sidi', 'in the name of the clerk')
tell('note' in sidi.post('undo')['undone'], 'taken back: the field waits for a parcel, and that is said')
for path in ('/picture/1', '/crop/1/0/nom', '/api/case/' + best['case'], '/api/queue/marks', one['crop']):
    sidi.ask(path)
    equal(sidi.status, 403, 'not for a clerk: ' + path.split('/')[1])
equal([r['code'] for r in sidi.post('decide', decisions=[dict(key=again[0]['key'], version=0, value=None)]).get('refused', [])]
      or sidi.status, 403, 'nor deciding by page and field')
tell(all('key' not in a and 'page' not in a for a in sidi.ask('/api/recent')['acts']), 'what was done lately, without pages')

# A supervisor: codes and counts.
sup = Browser('sup')
equal(sup.ask('/picture/1') and sup.status, 403, 'no picture for a supervisor')
counts = {q['id']: (q['count'], q['closed']) for q in sup.ask('/api/state')['queues']}
tell(counts['type'][0] == 0 and counts['type'][1] > 0, 'closed files are counted', counts)
sup.queue('missing')
equal(sup.status, 200, 'missing pages are a supervisor\'s')
decide(sup, one, value='1')
equal(sup.status, 403, 'deciding is not')

# Nonsense.
for path in ('/api/queue/nothing', '/api/queue/type?n=0', '/api/queue/type?group=x', '/crop/x/0/nom', '/picture/0'):
    awa.ask(path)
    equal(awa.status, 400, 'nonsense: ' + path)
for body in ({}, {'decisions': []}, {'decisions': [1]}, {'decisions': [{'key': 'x'}]},
             {'decisions': [{'key': '1:0:'}]}, {'decisions': 7}):
    awa.ask('/api/decide', body)
    equal(awa.status, 400, 'nonsense: %s' % json.dumps(body))
for body in ({'act': 'accept'}, {'act': 'burn', 'page': 1}, {'act': 'assign', 'page': 1, 'case': 'x'}):
    awa.ask('/api/page', body)
    equal(awa.status, 400, 'nonsense: %s' % json.dumps(body))
awa.ask('/picture/99999')
equal(awa.status, 404, 'a page that is not there')
equal([r['code'] for r in decide(awa, {'key': '1:0:personne', 'version': 0}, value='x')['refused']], ['gone'],
      'a field that is not there')
print('end')
PY
told
code=$(sqlite3 "$O/lakana.db" "SELECT p.case_code FROM decisions d JOIN pages p ON p.id = d.page
    JOIN readings r ON r.page = d.page AND r.field = d.field WHERE d.who = 'A17' AND r.personal = 0")
run "$LAKANA" -C "$O" case show "$code"
says out "^Decided by people" "case show tells what people decided"
says out "= 01/01/2026$" "the value"
says out "^ +A17, [0-9/]+ [0-9:]+" "who, and when"
"$LAKANA" -C "$O" journal verify >"$T/out" 2>"$T/err"
ok $? "the journal is whole"
end
