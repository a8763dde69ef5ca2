"""What the tests that speak to the review station over the wire share: a browser made of urllib,
and lines "ok NAME" or "not NAME" on standard output for station.inc. Arguments: the test's folder
with `url` in it, the office, the program."""
import http.cookiejar, json, sqlite3, sys, urllib.error, urllib.request

folder, office, lakana = sys.argv[1:]
start = json.load(open(folder + '/url'))['url']
base = start[:start.index('/start')]

def tell(good, name, got=''):
    print('ok' if good else 'not', name, '' if good else '(%s)' % str(got)[:300])

def equal(got, wanted, name):
    tell(got == wanted, name, 'got %r, wanted %r' % (got, wanted))

def sql(text):
    return sqlite3.connect(office + '/lakana.db').execute(text).fetchone()[0]

class Browser:
    """A person at the station: came with the start address and has unlocked."""
    def __init__(self, login):
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.opener.open(start).read()
        self.state = self.post('unlock', login=login, passphrase='une phrase de test')

    def ask(self, path, body=None):
        head = {'Content-Type': 'application/json', 'X-Lakana': '1', 'Origin': base}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(base + path, data, head if data else {})
        try:
            with self.opener.open(request) as answer:
                self.status, kind, data = answer.status, answer.headers['Content-Type'], answer.read()
        except urllib.error.HTTPError as error:
            self.status, kind, data = error.code, error.headers['Content-Type'], error.read()
        return json.loads(data) if kind and 'json' in kind else data

    def post(self, path, **body):
        return self.ask('/api/' + path, body)

    def queue(self, name, more='n=200'):
        return self.ask('/api/queue/%s?%s' % (name, more))

    def counts(self, name):
        """What waits in that queue, and what of it this person cannot open."""
        return [(q['count'], q['closed']) for q in self.ask('/api/state')['queues'] if q['id'] == name][0]

    def count(self, name):
        return self.counts(name)[0]
