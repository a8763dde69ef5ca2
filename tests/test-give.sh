#!/bin/sh
# Giving fields to a clerk from the review station, over the wire, and taking them back:
# by whom, how many, of which kind. Judged with sqlite3. Everybody is invented: EXEMPLE
# FICTIF.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/station.inc"
O=$T/office
"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" >"$O.words" 2>/dev/null
"$BUILD/tool-people" "$O" "une phrase de test" awa:gestionnaire sidi:saisie kadi:saisie \
    sup:superviseur >/dev/null
"$LAKANA" -C "$O" print --cases 1 --forms 1.B -o "$T/pack.pdf" --manifest "$T/pack.json" \
    2>/dev/null
"$BUILD/tool-fill" --seed 11 --profile copier -o "$T/scan.pdf" "$T/pack.pdf" "$T/pack.json"
"$LAKANA" -C "$O" ingest "$T/scan.pdf" >/dev/null 2>&1
open_station
at_station <<'PY'
from station import *

awa, sidi, sup = Browser('awa'), Browser('sidi'), Browser('sup')
clerks = awa.ask('/api/clerks')
equal([(c['login'], c['parcels']) for c in clerks['clerks']], [('kadi', []), ('sidi', [])], 'the clerks, with nothing yet')
before = awa.count('type')
given = awa.post('give', to='sidi', kind='dates', n=3)
equal((awa.status, given['given']), (200, 3), 'three dates are given')
equal([q['count'] for q in given['queues'] if q['id'] == 'type'], [before - 3], 'and wait here no more')
equal(sql("SELECT count(*) FROM crops WHERE state = 'given'"), 3, 'they are on the disk')
equal(sql("SELECT who FROM journal WHERE what = 'parcel-give'"), 'awa', 'in the name of who gave')
equal([[(p['kind'], p['left'], p['by']) for p in c['parcels']] for c in awa.ask('/api/clerks')['clerks']],
      [[], [('dates', 3, 'awa')]], 'who has what')
crops = sidi.queue('type')
equal(crops['count'], 3, 'the clerk has them')
tell(sidi.ask(crops['items'][0]['crop'])[:4] == b'\x89PNG', 'and sees the first')
refused = awa.post('give', to='sidi', kind='noms', n=1)
equal((awa.status, refused['error']['code']), (409, 'refused'), 'one kind at a time')
awa.post('give', to='awa', kind='noms', n=1)
equal(awa.status, 409, 'not to a manager')
awa.post('give', to='personne', kind='noms', n=1)
equal(awa.status, 404, 'nor to nobody')
sidi.post('decide', decisions=[dict(key=crops['items'][0]['key'], version=0, value='12/02/2026')])
back = awa.post('withdraw', parcel=given['parcel'])
equal((awa.status, back['withdrawn']), (200, 2), 'what was not typed is taken back')
equal(awa.count('type'), before - 1, 'and waits here again')
equal(sidi.queue('type')['count'], 0, 'the clerk has nothing')
awa.post('withdraw', parcel=99)
equal(awa.status, 404, 'a parcel that is none')
for browser in (sidi, sup):
    for path, body in (('/api/clerks', None), ('/api/give', dict(to='sidi', kind='dates', n=1)), ('/api/withdraw', dict(parcel=1))):
        browser.ask(path, body)
        equal(browser.status, 403, 'not for others: ' + path)
for body in ({}, dict(to='sidi', kind='dates'), dict(to='sidi', kind='dates', n=0), dict(to='sidi', kind='dates', n=51),
             dict(to='sidi', kind='enfants', n=1), dict(to=7, kind='dates', n=1), dict(to='sidi', kind='dates', n='3')):
    awa.ask('/api/give', body)
    equal(awa.status, 400, 'nonsense: %s' % json.dumps(body))
awa.ask('/api/give')
equal(awa.status, 405, 'nothing is given by GET')
equal(sql("SELECT count(*) FROM parcels"), 1, 'and nothing of all that was given')
print('end')
PY
told
"$LAKANA" -C "$O" journal verify >"$T/out" 2>"$T/err"
ok $? "the journal is whole"
end
