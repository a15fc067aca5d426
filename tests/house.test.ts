import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { claudeCodeEnvironment } from '../src/cli/claude-code/launch/environment.ts'
import { simulateCommand } from '../src/cli/commands/simulate.ts'
import { resolver } from './support/catalog.ts'
import { defaultConfig } from './support/chain.ts'

/** House rules that no linter checks. */

const root = join(import.meta.dir, '..')

const filesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })

const sources = filesIn(join(root, 'src')).filter((path) => path.endsWith('.ts'))
const matching = (pattern: RegExp): string[] =>
  sources
    .filter((path) => pattern.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path))
    .sort()

describe('the source code', () => {
  test('a secret is revealed only for an upstream, a webhook, a collector, a search provider, the launch command with the client token, and to store it', () => {
    expect(matching(/\.reveal\(\)/)).toEqual([
      // Checks the address of a webhook, and sends to it.
      'src/base/webhook.ts',
      'src/cli/clients/connection.ts',
      'src/cli/credentials/store-secret.ts',
      // Sends the secret of sign-in to the server of this machine.
      'src/cli/sign-in/call-server.ts',
      // Logs in to Redis, to find out why its client cannot.
      'src/cli/state/redis-probe.ts',
      // Hands the configuration to a worker, over a channel that only the two processes have.
      'src/cli/workers/sent-plan.ts',
      // Splits a list of tokens into its tokens.
      'src/config/client-tokens.ts',
      // Turns the variables of another runtime into options.
      'src/config/portable-options.ts',
      // Takes the login out of the address of Redis.
      'src/config/state-address.ts',
      // Sends to an OpenTelemetry collector.
      'src/gateway/observers/otel/otlp-sender.ts',
      'src/gateway/sign-in/telemetry-forwarder.ts',
      // Sends to a provider of web search.
      'src/search/http-provider.ts',
      // Checks the token of a session again.
      'src/server/ops/dashboard/sessions.ts',
      // The address of Redis may contain a password.
      'src/state/redis/connection.ts',
      'src/upstreams/anthropic/auth.ts',
      // Stores renewed tokens in their file, and sends a refresh token to its endpoint.
      'src/upstreams/anthropic/credentials/oauth/grant-file.ts',
      'src/upstreams/anthropic/credentials/oauth/token-endpoint.ts',
      'src/upstreams/nexus/auth.ts',
      'src/upstreams/openai/auth.ts',
    ])
  })

  test('the code that all upstreams share names no upstream', () => {
    const shared =
      /^src\/(?:app\.ts|base|runtime|wire(?!\/converse)|codec|messages|models|gateway|server|upstreams\/(?:http|url-sources|[^/]+$))/
    // The name of the program is allowed, and so are the headers that list degradations and budgets, and a cookie.
    const naming = matching(/nexus(?!-claude-api|-notes|-budget|_dashboard)|bedrock|converse/i)
    expect(naming.filter((path) => shared.test(path))).toEqual([
      // The table of upstreams.
      'src/upstreams/registry.ts',
    ])
  })

  test('secrets are compared in constant time', () => {
    expect(matching(/timingSafeEqual\(/)).toEqual(['src/runtime/hash.ts', 'src/runtime/node/hash.ts'])
    for (const path of ['src/server/http/guard.ts', 'src/gateway/policy/access.ts'])
      expect(readFileSync(join(root, path), 'utf8')).toContain('.equals(')
  })

  test('texts for users on standard error go through consola', () => {
    expect(matching(/(?<![a-zA-Z])err\(/)).toEqual([
      // Writes a JSON object for each text.
      'src/cli/log/json-messages.ts',
      // Passes on lines of the log.
      'src/cli/sign-in/follow-terminal.ts',
      // Sends an escape sequence to the terminal, which is not a text.
      'src/cli/system/clipboard.ts',
      'src/cli/terminal/printer.ts',
    ])
  })

  test('node:zlib, node:url and node:crypto are loaded on first use: each adds time and memory to every start', () => {
    expect(matching(/^import (?!type ).*'node:(?:zlib|url|crypto)'/m)).toEqual([
      // In the build for other runtimes alone.
      'src/runtime/node/crc32.ts',
      'src/runtime/node/hash.ts',
      'src/simulator/gzip.ts',
    ])
    expect(matching(/^import .*\/(?:gzip|node\/\w+)\.ts'/m)).toEqual([])
  })

  test('what a team turns on is loaded on first use: a server without it has none of its packages (OP-E3, OP-O6)', () => {
    expect(matching(/^import (?!type ).*'(?:prom-client|bun:sqlite|@opentelemetry\/.+)'/m)).toEqual([])
    const loaded =
      /^import (?!type ).*\/(?:metrics\/instruments|history\/history|dashboard\/pages|redis\/redis-state|state\/redis-probe|otel\/(?:otel-report|span-sink|metric-sink))\.ts'/m
    expect(matching(loaded)).toEqual([])
  })

  test('few files send requests to another host', () => {
    expect(matching(/(?<![.\w])fetch\(/)).toEqual([
      // Probes the endpoint without the key, with the certificates and proxies that fetch uses.
      'src/cli/doctor/probe-endpoint.ts',
      // Passes the upstream's own requests to fetch, and reads the time of their responses.
      'src/cli/doctor/session.ts',
      // Reads the page of releases, only with --check-updates.
      'src/cli/doctor/update-check.ts',
      'src/cli/system/fetch-health.ts',
      // In the browser, from the server of the page.
      'src/dashboard/api.ts',
      // Passes the upstream's own requests to the fetch of another runtime.
      'src/portable-platform.ts',
      // Requests tokens, which are not the upstream's messages.
      'src/upstreams/anthropic/credentials/oauth/token-endpoint.ts',
      'src/upstreams/http/post.ts',
    ])
  })

  test('few files open sockets: to hosts that clients name, at checked addresses, and for doctor', () => {
    // Doctor checks each step of a connection separately; it sends nothing but CONNECT to a proxy.
    const doctorSockets = 'src/cli/doctor/sockets.ts'
    // Finds out why Redis cannot be used, at the address of the configuration.
    const redisSocket = 'src/cli/state/redis-socket.ts'
    expect(matching(/(?<!import type .*)'node:(?:https?|http2|net|tls|dgram)'/)).toEqual([
      doctorSockets,
      redisSocket,
      'src/upstreams/url-sources/pinned-get.ts',
    ])
    expect(matching(/node:dns/)).toEqual([doctorSockets, 'src/upstreams/url-sources/resolve-url.ts'])
  })

  test('the product itself never changes which addresses are allowed, or which certificates a connection trusts', () => {
    const mentioned = matching(/isAddressAllowed|rejectUnauthorized|\bca[,:?]/)
    expect(mentioned.filter((path) => !path.startsWith('src/upstreams/url-sources'))).toEqual([
      // Doctor reads an untrusted certificate and disconnects: its server gets no data of ours.
      'src/cli/doctor/sockets.ts',
      // Sends to this machine alone: its certificate may have another name.
      'src/cli/system/fetch-health.ts',
    ])
    const sockets = readFileSync(join(root, 'src/cli/doctor/sockets.ts'), 'utf8')
    expect(sockets.slice(sockets.indexOf('export const inspectTls'))).not.toMatch(/\.(?:write|end)\(/)
    expect(readFileSync(join(root, 'src/cli/compose.ts'), 'utf8')).toContain(
      'createUrlSources({ lookup: lookupAddresses, get: createPinnedGet() })',
    )
  })

  test('only Open and Closed use Type.Object', () => {
    expect(matching(/Type\.Object\(/)).toEqual(['src/wire/schema.ts'])
  })

  test("the app reaches the platform through runtime/: only it, the CLI and the simulator call Bun's own API (OP-X2)", () => {
    const own = matching(/\bBun\.[a-zA-Z]|\bprocess\.[a-z]/)
    expect(own.filter((path) => !/^src\/(?:runtime|cli|simulator)\//.test(path))).toEqual([
      'src/main.ts',
      // The target of a build, if no build has set it.
      'src/version.ts',
    ])
  })

  test('the app calls no function that Node 22 lacks (OP-X5)', () => {
    const later = matching(
      /RegExp\.escape|Promise\.try|Uint8Array\.from(?:Hex|Base64)|\.to(?:Hex|Base64)\(|Error\.isError/,
    )
    expect(later.filter((path) => !/^src\/(?:cli|usage|simulator)\//.test(path))).toEqual([])
  })

  test('no file is longer than 250 lines', () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 251)
    expect(long).toEqual([])
  })

  test('no source has a TODO, an ignore comment or an `as any`', () => {
    expect(matching(/\b(?:TODO|FIXME)\b|@ts-ignore|@ts-expect-error|biome-ignore|\bas any\b/)).toEqual([])
  })

  test('a test file has the path of the source file that it tests', () => {
    /** Tests of more than one source file. */
    const compositions = [
      // Every command: none prints a secret.
      'cli/canary',
      // The completion scripts, run by bash, zsh and fish.
      'cli/commands/completion/shells',
      // Programs that share limits through one Redis.
      'cli/replicas',
      // The program with a certificate, its clients and `health`.
      'cli/tls/https',
      // The server, the gateway and the upstream together.
      'server/agreement',
      'server/client-disconnect',
      'server/failures',
      'server/injection',
      'server/observers',
      'server/refusal-reasons',
      'server/security',
      'server/slow-readers',
      // The translation of requests and of responses together.
      'translate/chat-properties',
      'translate/fixtures',
      'translate/openai-chat-entrance/properties',
      'translate/openai-chat-to-anthropic/properties',
      'translate/openai-chat-to-anthropic/streams',
      'translate/openai-responses-entrance/properties',
      'translate/openai-responses-entrance/round-trip',
      'translate/properties',
      'translate/replay',
    ]
    const mirrored =
      /^(?:base|cli|codec|config|dashboard|gateway|messages|models|runtime|server|simulator|state|tokens|translate|upstreams|usage|wire)\//
    const withoutSource = filesIn(join(root, 'tests'))
      .map((path) => relative(join(root, 'tests'), path).replaceAll('\\', '/'))
      .filter((path) => mirrored.test(path) && path.endsWith('.test.ts'))
      .map((path) => path.replace(/\.test\.ts$/, ''))
      .filter((path) => !existsSync(join(root, 'src', `${path}.ts`)))
      .sort()
    expect(withoutSource).toEqual(compositions)
  })

  test('every upstream has a row in the matrix of behaviours', () => {
    const upstreams = sources.flatMap(
      (path) => /src\/upstreams\/([^/]+)\/index\.ts$/.exec(path.replaceAll('\\', '/'))?.[1] ?? [],
    )
    expect(upstreams).toContain('nexus')
    for (const name of upstreams) {
      const row = readFileSync(join(root, 'tests', 'conformance', 'upstreams', `${name}.test.ts`), 'utf8')
      expect(row).toContain(`name: '${name}'`)
    }
  })

  test('no source file contains the path of the build machine', () => {
    expect(matching(/import\.meta\.(?:dir|path|file|url)/)).toEqual([])
  })
})

describe('the documentation', () => {
  const configuration = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')

  test('lists every flag of the simulator', () => {
    const simulator = readFileSync(join(root, 'docs', 'simulator.md'), 'utf8')
    for (const flag of Object.keys(simulateCommand.args).filter((name) => !['help', 'version'].includes(name)))
      expect(simulator).toContain(`| \`--${flag}\``)
  })

  test('lists every variable of the launch command', () => {
    const { set, unset } = claudeCodeEnvironment({
      config: defaultConfig,
      models: resolver,
      model: resolver.resolve('sonnet'),
      smallModel: resolver.resolve('haiku'),
      port: 1,
      environment: {},
      isGatewayMode: true,
      isModelFixed: true,
      isChosen: { model: true, smallModel: true },
      showsOwnKey: false,
    })
    for (const name of [...Object.keys(set), ...unset]) expect(configuration).toContain(`\`${name}\``)
  })

  test('every claim about security names tests that exist', () => {
    const page = readFileSync(join(root, 'docs', 'security.md'), 'utf8')
    const [, ...claims] = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| --'))
    expect(claims.length).toBeGreaterThan(10)
    for (const claim of claims) {
      const named = claim.match(/`(?:tests|scripts)\/[\w/.-]+\.test\.ts`/g) ?? []
      expect([claim, named.length > 0]).toEqual([claim, true])
      for (const name of named) expect([name, existsSync(join(root, name.slice(1, -1)))]).toEqual([name, true])
    }
    for (const other of ['README.md', 'CONTRIBUTING.md'])
      expect(readFileSync(join(root, other), 'utf8')).toContain('(docs/security.md)')
  })

  test('the README begins with an install command that works today, then PATH, then claude', () => {
    const [install, demo, check] = readFileSync(join(root, 'README.md'), 'utf8').match(/(?<=```sh\n)[^`]*/g) ?? []
    expect(install?.trimEnd().split('\n')).toEqual([
      'npx --yes bun@1.4.5 run build',
      'export PATH="$PWD/dist:$PATH"',
      'nexus-claude-api claude',
    ])
    expect([demo, check]).toEqual(['npx --yes bun@1.4.5 run demo\n', 'npx --yes bun@1.4.5 run test\n'])
  })
})
