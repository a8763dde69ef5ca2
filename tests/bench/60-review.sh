#!/bin/sh
# The review station in a large office: making the queues, answering, deciding; crops.
. "$(dirname "$0")/section.inc"
pages=10000
runs=41
O=$work/office
"$BUILD/tool-load" "$O" $pages >"$O.words"
chmod 600 "$O.words"
"$LAKANA" -C "$O" print --cases 2 --forms 1.A,1.B,1.C -o "$work/p.pdf" --manifest "$work/m.json" \
    2>/dev/null
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier -o "$work/scan.pdf" "$work/p.pdf" \
    "$work/m.json"
"$LAKANA" -C "$O" ingest "$work/scan.pdf" >/dev/null 2>&1 || [ $? = 1 ]
real=$(qpdf --show-npages "$work/scan.pdf")
"$BUILD/tool-people" "$O" "une phrase pour mesurer" awa:gestionnaire >/dev/null
cp -r "$O" "$work/again"
"$BUILD/tool-bench-review" "$work/again" <"$O.words" >"$work/inside"

"$LAKANA" -C "$O" review --json >"$work/url" 2>/dev/null &
station=$!
trap 'kill $station 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/url" ]; do sleep 0.1; done
python3 - "$work" $runs <<'PY' >"$work/outside"
import http.client, json, statistics, sys, time
work, runs = sys.argv[1], int(sys.argv[2])
url = json.load(open(work + '/url'))['url']
host = url.split('/')[2]
link = http.client.HTTPConnection(host)  # kept open, as a browser does
link.request('GET', url[url.index('/start'):])
answer = link.getresponse()
cookie = answer.getheader('Set-Cookie').split(';')[0]
answer.read()

def ask(path, body=None):
    head = {'Cookie': cookie, 'Origin': 'http://' + host, 'Content-Type': 'application/json', 'X-Lakana': '1'}
    start = time.monotonic()
    link.request('GET' if body is None else 'POST', path, None if body is None else json.dumps(body), head)
    answer = link.getresponse()
    data = answer.read()
    ms = 1000 * (time.monotonic() - start)
    assert answer.status == 200, (path, answer.status, data[:200])
    return ms, json.loads(data) if 'json' in answer.getheader('Content-Type') else data

def tell(what, times):
    print(what, '%.1f %.1f' % (statistics.median(times), max(times)))

ask('/api/unlock', {'login': 'awa', 'passphrase': 'une phrase pour mesurer'})
tell('state', [ask('/api/state')[0] for _ in range(runs)])
tell('wall', [ask('/api/queue/marks?n=48')[0] for _ in range(runs)])
after = ask('/api/queue/type?n=200')[1]['next']
tell('type', [ask('/api/queue/type?n=48&after=' + after)[0] for _ in range(runs)])

def decide(n):
    items = ask('/api/queue/marks?n=%d' % n)[1]['items']
    said = [{'key': i['key'], 'version': i['version'], 'options': {b['option']: False for b in i['boxes']}} for i in items]
    ms, answer = ask('/api/decide', {'decisions': said})
    assert len(answer['done']) == n, answer['refused']
    return ms
tell('one', [decide(1) for _ in range(runs)])
tell('sixty', [decide(60) for _ in range(runs)])
tell('undo', [ask('/api/undo', {})[0] for _ in range(runs)])

# Pages that have pictures: those filed last.
items, after = [], ''
while after is not None:
    answer = ask('/api/queue/type?n=200' + ('&after=' + after if after else ''))[1]
    items += answer['items']
    after = answer['next']
last = max(i['page'] for i in items)
mine = [i for i in items if i['page'] > last - 12]
by_page = {}
for item in mine:
    by_page.setdefault(item['page'], []).append(item)
first, more, whole = [], [], []
for page, some in by_page.items():
    first.append(ask(some[0]['crop'])[0])
    more += [ask(i['crop'])[0] for i in some[1:4]]
    whole.append(ask('/picture/%d?dots=6' % page)[0])
tell('crop-first', first)
tell('crop-more', more)
tell('picture', whole)
PY
kill $station
wait $station 2>/dev/null || true
inside() { awk -v n="$1" '$1 == n { print $2 }' "$work/inside"; }
outside() { awk -v n="$1" '$1 == n { printf "%s | %s", $2, $3 }' "$work/outside"; }

section "Review" "tests/bench/60-review.sh"
echo "An office of $pages pages (and $real with pictures), $(inside items) items that wait. Answers over"
echo "the wire, JSON and all, median and worst of $runs; decided is what lies on the disk. Load of"
echo "the machine at the end $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores."
echo
echo "| ms | wanted | median | worst |"
echo "|---|---|---|---|"
echo "| making all queues, once: time | ≤ 1000 | $(inside build) | |"
echo "| making all queues, once: CPU | | $(inside build-cpu) | |"
echo "| state: every count | ≤ 20 | $(outside state) |"
echo "| the next wall of 48 questions | ≤ 20 | $(outside wall) |"
echo "| the next 48 fields to type | ≤ 20 | $(outside type) |"
echo "| one decision, with the new counts | ≤ 100 | $(outside one) |"
echo "| a wall of 60 decisions | ≤ 100 | $(outside sixty) |"
echo "| undo | ≤ 100 | $(outside undo) |"
echo "| crop of a page that was not open: unsealed, decoded, journalled | | $(outside crop-first) |"
echo "| another crop of it | ≤ 50 | $(outside crop-more) |"
echo "| the whole page, upright, 150 dpi | | $(outside picture) |"
echo "| 60 decisions in one transaction, without the rest | | $(inside decide-wall) | $(inside decide-wall-worst) |"
