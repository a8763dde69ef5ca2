#!/bin/sh
# lakana review, over the wire: who is let in, what is refused, and how it ends. Everybody
# is invented: EXEMPLE FICTIF.
. "$(dirname "$0")/tap.sh"
O=$T/office
"$BUILD/tool-case" "$T" >/dev/null
"$BUILD/tool-people" "$O" "une phrase de test" awa:gestionnaire issa:gestionnaire >/dev/null
export LAKANA_HOME="$O"
unset DISPLAY WAYLAND_DISPLAY
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; rm -rf "$T"' EXIT

# station OPTION…: opens one and waits for its address; $U with the token, $A without
station() {
    rm -f "$T/url"
    "$LAKANA" review --json "$@" >"$T/url" 2>"$T/station" &
    P=$! pids="$pids $!"
    for _ in $(seq 600); do
        [ -s "$T/url" ] && break
        kill -0 $P 2>/dev/null || break
        sleep 0.1
    done
    U=$(sed 's/.*"url":"\([^"]*\)".*/\1/' "$T/url")
    A=${U%/start*}
}
# ended: waits for its end; its status in $S
ended() {
    wait "$P"
    S=$?
}
# get STATUS NAME OPTION… ADDRESS: headers in $T/head, body in $T/out, messages in $T/err
get() {
    wanted=$1 name=$2
    shift 2
    S=$(curl -s --max-time 60 -D "$T/head" -o "$T/out" -w '%{http_code}' "$@" 2>"$T/err")
    is "$S" "$wanted" "$name"
}
# post STATUS NAME BODY PATH OPTION…: as the page would
post() {
    wanted=$1 name=$2 body=$3 path=$4
    shift 4
    get "$wanted" "$name" -b "$T/awa" -H "Origin: $A" -H 'Content-Type: application/json' \
        -H 'X-Lakana: 1' --data-binary "$body" "$@" "$A$path"
}
# raw SECONDS: what is on standard input goes to the station as it is; its answer in
# $T/out, which a line says when it was closed
raw() {
    python3 -c '
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(float(sys.argv[2]))
data = b""
try:
    s.sendall(sys.stdin.buffer.read())
    while True:
        got = s.recv(65536)
        if not got:
            break
        data += got
except ConnectionError:
    pass
except socket.timeout:
    data += b"\nstill open\n"
sys.stdout.buffer.write(data)' "${A##*:}" "$1" >"$T/out" 2>"$T/err"
}
alive() {
    kill -0 "$P" 2>/dev/null
    ok $? "$1"
}
has_headers() { # NAME: those that every answer has
    for header in "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'" \
        "Cache-Control: no-store" "X-Content-Type-Options: nosniff" \
        "Referrer-Policy: no-referrer" "Cross-Origin-Resource-Policy: same-origin" \
        "Cross-Origin-Opener-Policy: same-origin"; do
        grep -qF "$header" "$T/head" || { ok 1 "$1: $header"; return; }
    done
    ok 0 "$1 has every header of safety"
}

# Wrong words
run "$LAKANA" review --port 70000
is "$S" 2 "a port that is none"
run "$LAKANA" review --idle 0
is "$S" 2 "no time at all"
run "$LAKANA" review --idle nan
is "$S" 2 "a time that is none"
run "$LAKANA" review word
is "$S" 2 "a word too many"
run "$LAKANA" -C "$T/nowhere" review
is "$S" 3 "no office"

# Start
station
case $U in http://127.0.0.1:*/start?token=????????????????????????????????????????????????????????????????) ok 0 "address and token" ;; *) ok 1 "address and token: $U" ;; esac
[ "$(python3 -c 'import sys; print(sum(line.split()[1].endswith(":%04X" % int(sys.argv[1])) and line.split()[3] == "0A" for f in ("tcp", "tcp6") for line in open("/proc/net/" + f).readlines()[1:]))' "${A##*:}")" = 1 ] &&
    grep -q "0100007F:$(printf %04X "${A##*:}") 00000000:0000 0A" /proc/net/tcp
ok $? "it listens on 127.0.0.1 and nowhere else"
get 401 "the page without a cookie" "$A/"
says out "address that stands in the terminal" "says how to start"
has_headers "a refusal"
get 401 "anything without a cookie" "$A/api/state"
says out '"error":{"code":"start","message":"' "is refused in JSON"
get 401 "even what is not there" "$A/no/such/thing"
get 401 "a wrong token" "$A/start?token=$(printf '0%.0s' $(seq 64))"
get 401 "a short token" "$A/start?token=0"
get 401 "no token" "$A/start"
grep -qi set-cookie "$T/head"
is $? 1 "no cookie without the token"
get 200 "the start" -c "$T/awa" "$U"
has_headers "the start"
grep -qiE "^Set-Cookie: lakana-${A##*:}=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=/.?$" "$T/head"
ok $? "a strict cookie that scripts do not see"
says out 'src="/page/start.js"' "and a page that goes on"
! grep -q "${U##*=}" "$T/out"
ok $? "which does not repeat the token"
get 200 "a start from a link elsewhere" -c "$T/issa" -H 'Sec-Fetch-Site: cross-site' "$U"
[ "$(grep -c lakana "$T/awa")" = 1 ] && ! cmp -s "$T/awa" "$T/issa"
ok $? "another browser gets another cookie"
get 200 "the start again" -b "$T/awa" -c "$T/again" "$U"
[ "$(grep -o '[0-9a-f]\{64\}' "$T/again")" = "$(grep -o '[0-9a-f]\{64\}' "$T/awa")" ]
ok $? "the same browser keeps its cookie"
get 200 "the page" -b "$T/awa" "$A/"
has_headers "the page"
says head "^Content-Type: text/html; charset=utf-8" "is HTML"
! grep -qE '<style|style="|<script>| on[a-z]+="|https?://' "$T/out"
ok $? "without style or script of its own, or anything from elsewhere"
get 200 "its script" -b "$T/awa" "$A/page/start.js"
says head "^Content-Type: text/javascript" "is a script"
get 404 "no such file" -b "$T/awa" "$A/page/none.js"
has_headers "not found"
get 404 "nothing there" -b "$T/awa" "$A/api/nothing"
get 400 "a way out of the folder" -b "$T/awa" --path-as-is "$A/page/../index.html"
get 400 "the same, encoded" -b "$T/awa" "$A/page/%2e%2e"
get 400 "a folder in a part" -b "$T/awa" "$A/page/..%2fx"

# Methods
get 405 "DELETE" -b "$T/awa" -X DELETE "$A/api/state"
says head "^Allow: GET, HEAD, POST" "says what can be done"
get 405 "GET of what changes something" -b "$T/awa" "$A/api/lock"
says head "^Allow: POST" "says POST"
has_headers "a wrong method"
post 405 "POST of what is only shown" '{}' /api/state
get 200 "HEAD" -b "$T/awa" -I "$A/"
[ ! -s "$T/out" ] || ! grep -q "<html" "$T/out"
ok $? "has no body"

# Where it comes from
for host in evil.example 127.0.0.1 "127.0.0.1:1" "evil.example:${A##*:}" "[::1]:${A##*:}"; do
    get 421 "Host: $host" -b "$T/awa" -H "Host: $host" "$A/api/state"
done
get 421 "the start by another name" -H "Host: evil.example" "$U"
cookie="Cookie: lakana-${A##*:}=$(grep -o '[0-9a-f]\{64\}' "$T/awa")"
get 200 "localhost" -H "$cookie" -H "Host: localhost:${A##*:}" "$A/api/state"
printf 'GET /api/state HTTP/1.1\r\nHost: %s\r\nhost: evil.example\r\n%s\r\nConnection: close\r\n\r\n' \
    "${A#http://}" "$cookie" | raw 20
says out "^HTTP/1.1 400 " "two hosts"
get 403 "a picture for another port's page" -b "$T/awa" -H 'Sec-Fetch-Site: same-site' "$A/api/state"
get 403 "and for a page elsewhere" -b "$T/awa" -H 'Sec-Fetch-Site: cross-site' "$A/page/start.js"
good='{"login":"awa","passphrase":"une phrase de test"}'
as_page="-b $T/awa -H X-Lakana:1 -H Content-Type:application/json"
lines() { sql "SELECT count(*) FROM journal"; }
before=$(lines)
get 403 "POST without Origin" $as_page -d "$good" "$A/api/unlock"
get 403 "POST from nowhere" $as_page -H "Origin: null" -d "$good" "$A/api/unlock"
get 403 "POST from elsewhere" $as_page -H "Origin: http://evil.example" -d "$good" "$A/api/unlock"
get 403 "POST from another port" $as_page -H "Origin: http://127.0.0.1:1" -d "$good" "$A/api/unlock"
has_headers "a refused POST"
post 403 "POST from another site's frame" "$good" /api/unlock -H 'Sec-Fetch-Site: cross-site'
get 415 "POST of a form" -b "$T/awa" -H "Origin: $A" -H X-Lakana:1 -d "$good" "$A/api/unlock"
get 403 "POST that any form can make" -b "$T/awa" -H "Origin: $A" -H 'Content-Type: application/json' -d "$good" "$A/api/unlock"
get 401 "POST without cookie" -H "Origin: $A" -H X-Lakana:1 -H Content-Type:application/json -d "$good" "$A/api/unlock"
head -c 65537 /dev/zero | tr '\0' ' ' >"$T/long"
post 413 "a body that is too long" "@$T/long" /api/lock
post 400 "a body in pieces" "{}" /api/lock -H 'Transfer-Encoding: chunked'
get 411 "a body of no length" $as_page -H "Origin: $A" -X POST "$A/api/lock"
get 405 "GET with a query" -b "$T/awa" "$A/api/unlock?login=awa&passphrase=x"
is "$(lines)" "$before" "nothing of that has changed anything"

# Bodies
for body in '' '[' '[]' '1' '"a"' '{"a":1}x' "{'a':1}" '/* */ {}' \
    "$(printf '[%.0s' $(seq 60000))"; do
    printf %s "$body" >"$T/body"
    post 400 "body $(printf %.12s "$body")" "@$T/body" /api/lock
done
printf '{"login":"a\000","passphrase":"x"}' >"$T/body"
post 400 "a zero in a login" "@$T/body" /api/unlock
post 400 "no passphrase" '{"login":"awa"}' /api/unlock
post 400 "a passphrase that is no text" '{"login":"awa","passphrase":["x"]}' /api/unlock
is "$(lines)" "$before" "nothing of that has changed anything"

# Unlock, lock
post 403 "a wrong passphrase" '{"login":"awa","passphrase":"x"}' /api/unlock
says out '"code":"wrong"' "is said to be wrong"
post 429 "trying on at once" "$good" /api/unlock
says out '"code":"wait"' "has to wait"
sleep 1.1
get 200 "state before" -b "$T/awa" "$A/api/state"
says out '"protected":true,"person":null' "nobody is there"
post 200 "unlock" "$good" /api/unlock
says out '"person":{"login":"awa","role":"gestionnaire"}' "awa is there"
get 200 "the other browser" -b "$T/issa" "$A/api/state"
says out '"person":null' "is still locked"
get 200 "the other unlocks" -b "$T/issa" -H "Origin: $A" -H 'Content-Type: application/json' \
    -H 'X-Lakana: 1' -d '{"login":"issa","passphrase":"une phrase de test"}' "$A/api/unlock"
get 200 "state of the first" -b "$T/awa" "$A/api/state"
says out '"login":"awa"' "each browser has its own person"
post 204 "lock" '{}' /api/lock
get 200 "state after" -b "$T/awa" "$A/api/state"
says out '"person":null' "nobody is there any more"
get 200 "the other browser" -b "$T/issa" "$A/api/state"
says out '"login":"issa"' "is not locked by that"
get 200 "words" -b "$T/awa" "$A/api/words"
says out '^\{"lang":"en","words":\{' "in the language of the command"

# Locked out between the headers and the body
post 200 "unlock again" "$good" /api/unlock
python3 - "${A##*:}" "$cookie" "$T/go" >"$T/out" 2>"$T/err" <<'END' &
import os, socket, sys, time
port, cookie, go = sys.argv[1:]
s = socket.create_connection(("127.0.0.1", int(port)))
s.sendall(("POST /api/undo HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nOrigin: http://127.0.0.1:%s\r\n%s\r\n"
           "X-Lakana: 1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
           "Connection: close\r\n\r\n" % (port, port, cookie)).encode())
time.sleep(0.5)
open(go + ".sent", "w").close()
while not os.path.exists(go):
    time.sleep(0.05)
s.sendall(b"{}")
print(s.makefile("rb").read().decode())
END
half=$!
while [ ! -e "$T/go.sent" ]; do sleep 0.1; done
S=$(curl -s -o "$T/lock" -w '%{http_code}' -b "$T/awa" -H "Origin: $A" -H 'X-Lakana: 1' \
    -H 'Content-Type: application/json' -d '{}' "$A/api/lock")
is "$S" 204 "lock while another request is on its way"
touch "$T/go"
wait $half
says out "^HTTP/1.1 403 " "that one does nothing any more"
says out '"code":"locked"' "and says why"

# Twice
run timeout 20 "$LAKANA" review --no-open
is "$S" 3 "a second station of the office"
says err "open already, on port ${A##*:}" "says where the first one is"
run timeout 20 "$LAKANA" -C "$T" init "$T/other" --region MOP --office "EXEMPLE FICTIF"
run timeout 20 "$LAKANA" -C "$T/other" review --no-open --port "${A##*:}"
is "$S" 3 "a port that is taken"
says err "port ${A##*:} of this computer cannot be had" "is said"

# Garbage
garbage() { # NAME: what is in $T/sent
    raw 20 <"$T/sent"
    alive "$1"
    ! grep -q "200 OK" "$T/out"
    ok $? "$1 is not answered as a request"
}
head -c 3000 /dev/urandom >"$T/sent"; garbage "noise"
printf 'GET / HTTP/9.9\r\n\r\n' >"$T/sent"; garbage "a version that is none"
printf 'GET http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >"$T/sent"; garbage "a whole address"
printf 'GET / HTTP/1.0\r\n\r\n' >"$T/sent"; garbage "no Host"
printf 'POST /api/lock HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n' >"$T/sent"; garbage "a length below zero"
printf 'POST /api/lock HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef' >"$T/sent"; garbage "two lengths"
{ printf 'GET / HTTP/1.1\r\nX: '; head -c 100000 /dev/zero | tr '\0' a; printf '\r\n\r\n'; } >"$T/sent"; garbage "a header without end"
{ printf 'GET /'; head -c 100000 /dev/zero | tr '\0' a; printf ' HTTP/1.1\r\n\r\n'; } >"$T/sent"; garbage "an address without end"
get 200 "it answers as before" -b "$T/awa" "$A/api/state"

# Somebody who sends a byte now and then
slow=$(python3 - "${A##*:}" <<'END'
import socket, sys, time
port = int(sys.argv[1])
many = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
since = time.time()
left = set(many)
for s in many:
    s.setblocking(False)
text = b"GET / HTTP/1.1\r\nX: " + b"a" * 1000
for i in range(40):
    for s in list(left):
        try:
            s.send(text[i:i + 1])
            if s.recv(100) == b"":
                left.discard(s)
        except BlockingIOError:
            pass
        except OSError:
            left.discard(s)
    if not left:
        break
    time.sleep(0.5)
print(len(left), int(time.time() - since))
END
)
case $slow in "0 9" | "0 1"?) ok 0 "slow connections are closed after ten seconds" ;; *) ok 1 "slow connections: $slow left, seconds" ;; esac
get 200 "it answers as before" -b "$T/awa" "$A/api/state"

# Another user of this computer, with the cookie
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    cookie=$(grep -o '[0-9a-f]\{64\}' "$T/issa")
    S=$(setpriv --reuid=65534 --clear-groups curl -s --max-time 20 -o /dev/null -w '%{http_code}' \
        -H "Cookie: lakana-${A##*:}=$cookie" "$A/api/state")
    is "$S" 000 "another user's program is not let in"
else
    skip "only root can be another user"
fi

# The end
kill -INT "$P"
ended
is "$S" 0 "Ctrl-C closes it"
grep -q "^The review station is closed" "$T/station"
ok $? "and that is said"
is "$(sql "SELECT who || what || detail FROM journal WHERE what LIKE 'review%'")" \
'awareview-open{}
issareview-open{}
awareview-close{"reason":"lock"}
awareview-open{}
awareview-close{"reason":"lock"}
issareview-close{"reason":"end"}' "the journal knows who was there"
! grep -q "une phrase\|${U##*=}" "$T/station" && ! grep -rqaF "${U##*=}" "$O"
ok $? "neither passphrase nor token is left anywhere"
station --idle 0.05
ended
is "$S" 0 "nobody uses it: it closes by itself"
grep -q "^Nobody used the review station" "$T/station"
ok $? "and says so"
station
kill -KILL "$P"
wait "$P" 2>/dev/null
station
alive "one that was killed does not keep the next one out"
kill -TERM "$P"
ended
is "$S" 0 "the system may end it, too"

# The browser
mkdir "$T/bin"
cat >"$T/bin/xdg-open" <<END
#!/bin/sh
echo "\$*" >"$T/opened"
stat -c %a "\$1" >"$T/mode"
cat "\$1" >"$T/page"
END
chmod +x "$T/bin/xdg-open"
rm -f "$T/url"
PATH=$T/bin:$PATH DISPLAY=:99 "$LAKANA" review >"$T/url" 2>"$T/station" &
P=$! pids="$pids $!"
for _ in $(seq 600); do
    [ -s "$T/page" ] && break
    sleep 0.1
done
is "$(cat "$T/opened")" "$O/review.html" "the browser is given a file"
is "$(cat "$T/mode")" 600 "which nobody else can read"
grep -qF "url=$(cat "$T/url")\"" "$T/page"
ok $? "and which leads to the page"
! tr '\0' ' ' <"/proc/$P/cmdline" | grep -q token
ok $? "no token among the words of a command"
get 200 "the browser comes" "$(cat "$T/url")"
sleep 1.5
[ ! -e "$O/review.html" ]
ok $? "then the file is gone"
kill -HUP "$P"
ended
is "$S" 0 "the terminal is closed"

# Keys while somebody works without
O=$T/other
LAKANA_HOME=$O
sql "DELETE FROM grants; DELETE FROM domains; DELETE FROM people" # as offices once were
station
get 200 "an office without keys" -c "$T/awa" "$U"
post 403 "a name is no login" '{"login":"Awa Exemple"}' /api/unlock
post 200 "a login is enough" '{"login":"awa"}' /api/unlock
says out '"protected":false,"person":{"login":"awa","role":"gestionnaire"}' "awa is there"
run "$LAKANA" protect
is "$S" 3 "no keys while the station is open"
says err "review station of this office is open" "and that is said"
kill -TERM "$P"
ended
end
