import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { project } from '../../scripts/release/project.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type Setting, variablesOf } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'

/** The files of deploy/replicas: two servers, Redis and Caddy on one machine. */

const read = (name: string): string =>
  readFileSync(join(import.meta.dir, '..', '..', 'deploy', 'replicas', name), 'utf8')

interface Service {
  readonly image: string
  readonly environment?: Readonly<Record<string, string | null>>
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: unknown
}

const compose: Compose = parse(read('compose.yaml'), { merge: true })
const { 'server-1': server, 'server-2': twin, redis, proxy } = compose.services
const known = (settings as readonly Setting[]).flatMap(variablesOf)
const minimalRights = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  restart: 'unless-stopped',
}

describe('the compose file of two servers', () => {
  test('starts the same server twice, with its state in Redis and minimal rights (OP-R1)', () => {
    expect(twin).toEqual(server)
    expect(server).toEqual({
      image: project.name,
      build: { context: '../..', dockerfile: 'scripts/container/Dockerfile' },
      user: `\${DATA_OWNER:-1000:1000}`,
      environment: {
        NEXUS_API_KEY: expect.stringMatching(/^\$\{NEXUS_API_KEY:\?/),
        NEXUS_CONFIG: '/config.json',
        NEXUS_STATE: 'redis://redis:6379/0',
        NEXUS_ENDPOINT_URL: null,
        HTTPS_PROXY: null,
        NO_PROXY: null,
      },
      volumes: ['./config.json:/config.json:ro', './data:/data'],
      networks: ['default', 'state'],
      depends_on: ['redis'],
      ...minimalRights,
      stop_grace_period: '620s',
    } as never)
    const ours = Object.keys(server?.environment ?? {}).filter((name) => name.startsWith('NEXUS_'))
    expect(ours.filter((name) => name !== 'NEXUS_CONFIG' && !known.includes(name))).toEqual([])
  })

  test('publishes only the proxy, and lets only the servers reach Redis (OP-R2)', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) => (ports[0] ? [name] : []))
    expect([published, proxy?.ports]).toEqual([['proxy'], ['443:443']])
    expect(redis).toMatchObject({
      image: expect.stringMatching(/^redis:\d+\.\d+-bookworm$/),
      ...minimalRights,
    } as never)
    const reached = Object.entries(compose.services).filter(([, { networks }]) => networks?.includes('state'))
    expect(reached.map(([name]) => name)).toEqual(['server-1', 'server-2', 'redis'])
    expect([redis?.networks, compose.networks]).toEqual([['state'], { state: { internal: true } }] as never)
  })

  test('gives a server more time than its drain takes, and a proxy that it trusts (OP-K3, OP-W1)', () => {
    const files = [{ path: 'config.json', text: read('config.json') }]
    const { config, warnings } = loadConfig({ flags: {}, environment: {}, files })
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      host: '0.0.0.0',
      requireToken: true,
      trustProxy: ['private'],
      drain: { delay: 10, timeout: 600 },
      history: { enabled: true, file: '/data/usage.sqlite' },
    })
  })
})

test('Caddy probes both servers often enough, delays no event, and keeps the dashboard on one server (OP-K2, OP-R1)', () => {
  const lines = read('Caddyfile')
    .split('\n')
    .map((line) => line.trim())
  for (const line of [
    `to ${['server-1', 'server-2'].map((name) => `${name}:4141`).join(' ')}`,
    'health_uri /ready',
    'health_interval 2s',
    'flush_interval -1',
    'tls /certificates/cert.pem /certificates/key.pem',
    '@dashboard path /dashboard /dashboard/*',
    'lb_policy cookie',
    'lb_policy least_conn',
  ])
    expect(lines).toContain(line)
})
