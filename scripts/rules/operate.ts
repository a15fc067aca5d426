import { section } from './rule.ts'

/** Rules for running the server for a team: one array for each part of the specification. */

const records = section(
  {
    '1': 'a request has one record, complete at its true end',
    '2': 'the session and its sub-agents come from headers, or from the user id of a parsed body',
    '3': 'observers get the same frozen record after the answer, and their queues have limits',
    '4': 'at the end of the process, observers have at most 2 s together',
  },
  'OP-E',
)

const metrics = section(
  {
    '1': 'nothing that a client writes becomes a label; 10,000 hostile requests leave at most 3,000 series',
    '2': 'no session, user, domain, path or request id is a label',
    '3': 'the names of endpoints are a fixed list',
    '4': 'the docs map the old names of metrics to the new ones',
    '5': 'the first scrape has the records from before the package was loaded',
    '6': 'the board and the alert rules name only metrics that exist',
  },
  'OP-M',
)

const cost = section(
  {
    '1': 'prices by model, family or *, in USD per million tokens; missing prices of caching follow the input',
    '2': "Anthropic's prices are built in for the upstream anthropic only, with their date",
    '3': 'an unknown price or usage gives no cost, and reports count such requests',
    '4': 'a record keeps its cost; --reprice shows other prices and writes nothing',
    '5': 'each sum is called an estimate; batches cost half',
  },
  'OP-C',
)

const history = section(
  {
    '1': 'the file is opened after the first answer, migrated forward, and untouched if it is from a newer version',
    '2': 'a record that arrives twice is one row',
    '3': 'rows are written in batches; a failing disk loses rows, counts them, and delays no request',
    '4': 'totals of 15 minutes are written with the rows; reports read only totals',
    '5': 'old rows are deleted in small steps, and their space is freed',
    '6': 'several processes share the file; network file systems are refused',
    '7': 'reading never writes, and works while the server runs and with a copied file',
  },
  'OP-H',
)

const usage = section(
  {
    '1': 'a table with a total in the width of the terminal; without a history the command says how to turn it on',
    '2': 'the cache hit rate is the share of cache reads in all input tokens',
    '3': 'JSON of a fixed shape; CSV by RFC 4180, without formulas',
    '4': 'usage watch prints one line a second',
    '5': 'usage export writes rows as JSON lines; usage delete asks first',
    '6': 'a report of two years takes at most 500 ms',
  },
  'OP-U',
)

const dashboard = section(
  {
    '1': 'one embedded page of at most 160 KB with a strict policy, no framework and no other host',
    '2': 'each chart has a table; dark and light, usable by keyboard, from 360 px',
    '3': 'a page load sends two requests, and delays no stream',
    '4': 'a login with a token, unless the server has no gate and listens on loopback only',
    '5': 'a named client sees its own rows, an administrator all',
    '6': 'it changes no setting; its forms are from the same origin',
    '7': 'start prints the address, and dashboard opens it',
    '8': 'in Chromium: no error, no other origin, no injected markup, live rows, the figures of usage',
  },
  'OP-D',
)

const access = section(
  {
    '1': 'one token in each header that clients use, compared in constant time',
    '2': 'named clients by a file or a variable, together with the one token',
    '3': 'names are valid and unique; tokens have 256 bits and only their hash is stored',
    '4': 'a changed file counts within a second; an invalid one changes nothing, or stops the start',
    '5': 'clients add prints the token once; list, rotate, disable and remove write atomically',
    '6': 'each refused token gets the same 401; a refused model gets 403 with the allowed names',
    '7': 'the gate covers all but a fixed list of paths',
    '8': 'the name of a client is in logs, records and metrics; its token is nowhere',
    '9': 'without a gate, an open address gets a warning, and exit 2 with --require-token',
  },
  'OP-A',
)

const limits = section(
  {
    '1': 'a token bucket per client, else per address, on a monotonic clock, for at most 10,000 peers',
    '2': 'requests to models count; counts of tokens have a bucket of their own; other paths do not count',
    '3': '429 with the seconds until the next token, in the form of the entrance',
    '4': 'the headers of both conventions are on every counted answer',
    '5': 'a stream counts when it begins',
    '6': 'the docs suggest limits for one developer with sub-agents',
    '7': 'budgets of tokens, requests and cost per client, by day or month of a time zone',
    '8': 'checked before and booked after, also for an answer that the client cut',
    '9': 'a used-up budget is one sentence that Claude Code shows before it stops',
    '10': 'from 80 %, a header on answers and one line a day',
    '11': 'budgets are kept in the history, or in memory with a warning at start',
    '12': 'a limit of concurrent requests, for all and per client, and a queue with a maximum wait',
    '13': 'the queue is fair between clients and serves main threads first; a full queue answers 529',
    '14': 'after a short retry-after of the upstream, new requests for that model wait in the queue',
  },
  'OP-L',
)

const health = section(
  {
    '1': '/health answers 200 while the process answers, with its state and the members of the replaced system',
    '2': '/ready answers 503 while the server starts or drains, and never depends on the upstream',
    '3': 'a drain loses no stream: a delay, a timeout, and a second signal that ends at once',
    '4': 'the connection test requires a token, and runs once a minute at most',
  },
  'OP-K',
)

const logs = section(
  {
    '1': 'json-snake has the names of the replaced system; the query is never logged',
    '2': 'addresses and agents of clients are logged only if they are turned on',
    '3': 'log lines have the fields of the record where they are known',
    '4': 'LOG_LEVEL by its first word, in any case; an unknown level is an error',
  },
  'OP-G',
)

const seeds = section(
  {
    '1': 'the defaults are the same for each upstream',
    '2': '--config reads the config.json of the replaced system, if it is named',
    '3': 'a file of variables sets only what the environment lacks',
    '4': 'each setting is a row of the table',
  },
  'OP-S',
)

const web = section(
  {
    '1': 'forwarded headers count only from trusted proxies',
    '2': 'the address of a client is its peer, or the first address from the right that is not trusted',
    '3': 'behind a proxy, Host is compared with the allowed hosts',
    '4': 'TLS from 1.2, with a certificate and key that start checks',
    '5': 'a warning before a certificate expires, and when its file changes',
    '6': 'plain HTTP to the TLS port is closed',
    '7': 'CORS is off by default; only listed origins, and * only with a client token',
  },
  'OP-W',
)

const telemetry = section(
  {
    '1': 'one span for each request to a model, made after its end with its real times, below the trace of the client',
    '2': "attributes by the GenAI conventions 0.1; the input tokens include the cache's; three attributes of our own",
    '3': 'metrics of duration, first chunk and tokens by the conventions 0.1',
    '4': 'otel.names selects the metrics of 0.1 or of 1.36, never both',
    '5': 'no span and no metric has a prompt, an answer or a system prompt',
    '6': 'a collector that is away costs no request anything; one warning a minute',
    '7': 'with otel.propagate, the upstream gets the traceparent of the span',
  },
  'OP-O',
)

const replicas = section(
  {
    '1': 'servers share rates, budgets and tries to log in; concurrency, history and what was learned stay their own',
    '2': 'one script and one key for each operation, by the clock of Redis; keys have names or hashes of addresses',
    '3': 'a lost connection, a dead client and lost scripts all recover',
    '4': 'an operation has 50 ms; after three failures no request waits until Redis is back',
    '5': 'during an outage, each server limits by itself, or refuses; sums of both sides are added afterwards',
    '6': 'a wrong address or password ends the start with the fault and its remedy, without the password',
    '7': 'a request waits for one round trip at most, next to the reading of its body',
    '8': 'the docs say what is shared, and that nothing else requires the same server',
  },
  'OP-R',
)

const scaling = section(
  {
    '5': 'the manifests for Kubernetes are valid, and name flags and an image that exist',
    '6': 'a pod runs without privileges, and ends without a broken stream',
    '7': 'workers share one port, limits, budgets and figures; a parent restarts, signals and drains them',
  },
  'OP-K',
)

const runtimes = section(
  {
    '1': 'createFetch makes a handler of one plain object, checked like the configuration; the package exports it',
    '2': "the app imports nothing that only Bun has; what needs Bun's own API is given to it",
    '3': 'elsewhere, what needs files, processes or Bun is refused or absent, and the docs list it',
    '4': 'on Workers, the app is composed at module scope, with the settings of the environment',
    '5': 'one set of scenarios runs on Bun, Node, Deno and workerd',
  },
  'OP-X',
)

export const operateRules = [
  ...records,
  ...metrics,
  ...cost,
  ...history,
  ...usage,
  ...dashboard,
  ...access,
  ...limits,
  ...health,
  ...logs,
  ...seeds,
  ...web,
  ...telemetry,
  ...replicas,
  ...scaling,
  ...runtimes,
]
