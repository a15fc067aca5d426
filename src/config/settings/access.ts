import type { Setting } from './setting.ts'

/** Settings for those who run the server for others: who may use it, and over which network (OP-A, OP-W). */
export const accessSettings = [
  {
    key: 'clientsFile',
    flag: 'clients',
    environment: ['NEXUS_CLIENTS_FILE'],
    type: { kind: 'text' },
    description: 'Require a token of the clients in this file',
    details: '`nexus-claude-api clients add NAME` writes it ([more](operate.md#clients)).',
    hint: 'file',
  },
  {
    key: 'clientTokens',
    environment: ['NEXUS_CLIENT_TOKENS', 'NEXUS_CLIENT_TOKENS_FILE'],
    type: { kind: 'secret', isList: true },
    description: 'Require one of these tokens from named clients',
    details:
      'Pairs like `alice:TOKEN,bob:TOKEN`, with at least 24 characters in each token. They count together with the clients of `clientsFile`. `NEXUS_CLIENT_TOKENS_FILE` is the path of a file that contains only the pairs.',
    hint: 'name:token,name:token',
  },
  {
    key: 'requireToken',
    flag: 'require-token',
    environment: ['NEXUS_REQUIRE_TOKEN'],
    type: { kind: 'switch' },
    default: false,
    description: 'Do not start without a client token if other machines can reach the server',
  },
  {
    key: 'trustProxy',
    flag: 'trust-proxy',
    environment: ['NEXUS_TRUST_PROXY'],
    type: { kind: 'list' },
    description: 'Read the addresses of clients from the X-Forwarded headers of these proxies',
    details:
      'Addresses, ranges like `10.0.0.0/8`, `loopback` or `private`, separated by commas. By default, the server ignores these headers: any client could write them.',
    hint: 'address,range',
  },
  {
    key: 'allowedHosts',
    flag: 'allowed-hosts',
    environment: ['NEXUS_ALLOWED_HOSTS'],
    type: { kind: 'list' },
    description: 'Answer only requests for these host names',
    details: 'Names like `claude.example.com` or `*.example.com`, separated by commas.',
    hint: 'name,name',
  },
  {
    key: 'tls.cert',
    flag: 'tls-cert',
    environment: ['NEXUS_TLS_CERT'],
    type: { kind: 'text' },
    description: 'Serve HTTPS with the certificate in this PEM file',
    details: 'Also needs `--tls-key`. A renewed certificate needs a restart.',
    hint: 'file',
  },
  {
    key: 'tls.key',
    flag: 'tls-key',
    environment: ['NEXUS_TLS_KEY'],
    type: { kind: 'text' },
    description: 'Use the private key in this PEM file for HTTPS',
    hint: 'file',
  },
] as const satisfies readonly Setting[]

const maximumDrainSeconds = 86_400

/** How the server ends while clients use it (OP-K3). */
export const drainSettings = [
  {
    key: 'drain.delay',
    flag: 'drain-delay',
    environment: ['NEXUS_DRAIN_DELAY'],
    type: { kind: 'number', minimum: 0, maximum: maximumDrainSeconds, integer: false },
    default: 0,
    description: 'Accept requests for this many seconds after the signal to stop',
    details: 'A load balancer needs some seconds to notice that `/ready` answers 503.',
    hint: 'seconds',
  },
  {
    key: 'drain.timeout',
    flag: 'drain-timeout',
    environment: ['NEXUS_DRAIN_TIMEOUT'],
    type: { kind: 'number', minimum: 0, maximum: maximumDrainSeconds, integer: false },
    default: 30,
    description: 'Wait this many seconds for running answers before the server ends',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]
