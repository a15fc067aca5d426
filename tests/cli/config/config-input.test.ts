import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

interface Shown {
  readonly value: unknown
  readonly source: string | null
}

type Upstream = 'nexus' | 'anthropic' | 'openai'

/** The setting as `config show` has it; a secret is masked. */
const shown = async (
  key: string,
  upstream: Upstream,
  environment: Readonly<Record<string, string>>,
): Promise<Shown> => {
  const { code, out, err } = await cli(['config', 'show', '--json'], { NEXUS_UPSTREAM: upstream, ...environment })
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out).settings[key]
}

const secret = 'canary-token-of-24-letters'
const masked = 'cana…(26 characters)'

/** Variables, the upstreams under which they are read, and the settings that they set. */
const variables: readonly (readonly [name: string, text: string, Upstream[], key: string, value: unknown])[] = [
  ['HOST', '0.0.0.0', ['anthropic', 'openai'], 'host', '0.0.0.0'],
  ['PORT', '8000', ['anthropic', 'openai'], 'port', 8000],
  ['LOG_LEVEL', 'INFO #DEBUG', ['anthropic', 'openai'], 'logging.level', 'info'],
  ['LOG_LEVEL', 'critical', ['anthropic', 'openai'], 'logging.level', 'error'],
  ['DEBUG', 'true', ['anthropic', 'openai'], 'logging.level', 'debug'],
  ['CORS_ORIGINS', 'https://a.example', ['anthropic', 'openai'], 'cors.origins', ['https://a.example']],
  ['RATE_LIMIT_RPM', '60', ['anthropic', 'openai'], 'rateLimit.requestsPerMinute', 60],
  ['RATE_LIMIT_BURST', '20', ['anthropic', 'openai'], 'rateLimit.burst', 20],
  ['METRICS', 'true', ['anthropic', 'openai'], 'metrics', 'on'],
  ['GATEWAY_TOKEN', secret, ['openai'], 'openai.gatewayToken', masked],
  ['ANTHROPIC_API_KEY', secret, ['openai'], 'openai.clientKey', masked],
  ['ANTHROPIC_API_KEY', secret, ['anthropic'], 'anthropic.apiKey', masked],
  ['MODEL_MAP', 'a:b', ['nexus', 'anthropic', 'openai'], 'openaiEntrance.modelMap', 'a:b'],
  ['REQUEST_TIMEOUT', '90', ['openai'], 'timeout', 90],
  ['MAX_RETRIES', '5', ['openai'], 'maxRetries', 5],
]

const upstreams: readonly Upstream[] = ['nexus', 'anthropic', 'openai']

describe('the variables of the systems that an upstream replaces', () => {
  for (const [name, text, readers, key, value] of variables)
    test.each([...upstreams])(
      `${name}=${text} sets ${key} under ${readers.join(' and ')}: %s (OP-S1)`,
      async (upstream) => {
        const found = await shown(key, upstream, { [name]: text })
        if (readers.includes(upstream)) expect(found).toEqual({ value, source: name })
        else expect(found?.source).not.toBe(name)
      },
    )

  test('CONFIG_FILE names the file under anthropic and openai, and --config and NEXUS_CONFIG win (OP-S1)', async () => {
    const folder = temporaryFolder()
    const fileWith = (port: number): string => {
      const path = join(folder, `${port}.json`)
      writeFileSync(path, JSON.stringify({ server: { port } }))
      return path
    }
    const [mine, other] = [fileWith(1111), fileWith(2222)]
    const environment = { CONFIG_FILE: mine }
    expect(await shown('port', 'anthropic', environment)).toEqual({ value: 1111, source: mine })
    expect(await shown('port', 'openai', environment)).toEqual({ value: 1111, source: mine })
    expect((await shown('port', 'nexus', environment)).value).toBe(4141)
    expect((await shown('port', 'openai', { ...environment, NEXUS_CONFIG: other })).value).toBe(2222)
  })

  test('a config.json in the current directory is not read unless it is named (OP-S2)', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'config.json'), '{"server": {"port": 1111}}')
    const port = async (...args: readonly string[]): Promise<unknown> => {
      const { out } = await cli(['config', 'show', '--json', ...args], { NEXUS_UPSTREAM: 'anthropic' }, folder)
      return JSON.parse(out).settings.port.value
    }
    expect([await port(), await port('--config', 'config.json')]).toEqual([4141, 1111])
  })
})

describe('start with a wrong value', () => {
  const start = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    startCli(['start', '--upstream', 'openai', '--simulate', '--port', '0', ...args], environment).ended

  test('of LOG_LEVEL ends with 2 (OP-G4)', async () => {
    const { code, err } = await start({ LOG_LEVEL: 'LOUD' })
    expect([code, err]).toEqual([2, 'error: LOG_LEVEL must be one of debug, info, warn, error, silent.\n'])
  })

  test('of HOST that no resolver knows ends with 2, and names the variable (OP-S1)', async () => {
    const { code, err } = await start({ HOST: 'build-box.invalid' })
    expect(code).toBe(2)
    expect(err).toMatch(/Cannot listen on build-box\.invalid:0.*\. The address comes from HOST\. Use an address/)
    expect((await start({ HOST: 'no host' })).err).toBe(
      'error: HOST must be an address or a host name of this machine.\n',
    )
  })

  test('in a file of claude-code-proxy-api ends with 2, and names file, line and key (OP-S2)', async () => {
    const path = join(temporaryFolder(), 'config.json')
    const endOf = async (text: string) => {
      writeFileSync(path, text)
      const { code, err } = await start({}, '--config', path)
      return [code, err]
    }
    expect(await endOf('{\n"server": {"port": 1,\n')).toEqual([
      2,
      expect.stringContaining(`${path}:3:1 is not valid JSON`) as never,
    ])
    expect(await endOf('{"logging": {\n"level": "LOUD"}, "server": {}}')).toEqual([
      2,
      expect.stringContaining(`logging.level in ${path} (line 2) must be one of`) as never,
    ])
  })
})
