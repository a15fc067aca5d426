import { describe, expect, test } from 'bun:test'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { runWithClient, stubClient } from '../../support/client-stub.ts'

/** Sends one request as opencode does, and prints the answer's status with and without the token. */
const asking = `
const configuration = JSON.parse(process.env.OPENCODE_CONFIG_CONTENT)
const { baseURL, apiKey } = configuration.provider.nexus.options
const ask = (headers) =>
  fetch(baseURL + '/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'claude-sonnet-4-6', input: 'Hello' }),
  })
const [right, wrong] = [await ask({ authorization: 'Bearer ' + apiKey }), await ask({})]
const { env } = process
console.log(JSON.stringify({ args: process.argv.slice(2), env, configuration, statuses: [right.status, wrong.status] }))
process.exit(7)
`

const model = (name: string, output: number) => ({
  name,
  tool_call: true,
  reasoning: true,
  attachment: true,
  modalities: { input: ['text', 'image', 'pdf'], output: ['text'] },
  limit: { context: 200_000, output },
})

describe('opencode', () => {
  test('runs opencode with its own server and a new token, and exits with its exit code (OE-K3)', async () => {
    const args = ['opencode', '--simulate', '--model', 'opus', 'run', '--model', 'x y']
    const own = { theme: 'mine', model: 'other/model', provider: { other: { name: 'Other' } } }
    const { code, out, err } = await runWithClient(args, stubClient('opencode', asking), {
      NEXUS_API_KEY: 'canary-key-0123456789',
      NEXUS_CLIENT_TOKEN: 'canary-token-0123456789',
      OPENCODE_CONFIG_CONTENT: JSON.stringify(own),
    })
    expect([code, err]).toEqual([7, ''])
    const { args: given, env, configuration, statuses } = JSON.parse(out)
    expect([given, statuses]).toEqual([
      ['run', '--model', 'x y'],
      [200, 401],
    ])
    expect(out).not.toContain('canary')
    const { options, ...nexus } = configuration.provider.nexus
    expect(options).toEqual({
      baseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
      apiKey: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect({ ...configuration, provider: { ...configuration.provider, nexus } }).toEqual({
      theme: 'mine',
      model: 'nexus/claude-opus-4-6',
      small_model: 'nexus/claude-haiku-4-5',
      share: 'disabled',
      autoupdate: false,
      provider: {
        other: { name: 'Other' },
        nexus: {
          npm: '@ai-sdk/openai',
          name: 'nexus-claude-api',
          models: {
            'claude-opus-4-6': model('Claude Opus 4.6', 128_000),
            'claude-sonnet-4-6': model('Claude Sonnet 4.6', 128_000),
            'claude-haiku-4-5': model('Claude Haiku 4.5', 64_000),
          },
        },
      },
    })
    expect([env.NO_PROXY, env.no_proxy]).toEqual(Array(2).fill('127.0.0.1,localhost,::1'))
    expect(fetch(options.baseURL)).rejects.toThrow()
  })

  test('fails without opencode, and prints how to install it', async () => {
    const { code, err } = await cli(['opencode', '--simulate'], { PATH: temporaryFolder() })
    expect([code, err]).toEqual([
      2,
      'error: opencode was not found: opencode is not on PATH. Install it, and try again:\n  curl -fsSL https://opencode.ai/install | bash\n  npm install -g opencode-ai\n',
    ])
  })
})

describe('env --client opencode', () => {
  const env = async (...flags: readonly string[]) => {
    const { code, out, err } = await cli(['env', '--client', 'opencode', '--shell', 'json', ...flags])
    expect([code, err]).toEqual([0, ''])
    return JSON.parse(JSON.parse(out).OPENCODE_CONFIG_CONTENT)
  }

  test('prints the variables with the client token and the chosen models (OE-K3)', async () => {
    const configuration = await env('--client-token', 'tok', '--port', '5000', '--small-model', 'sonnet')
    expect(configuration).toMatchObject({
      model: 'nexus/claude-sonnet-4-6',
      small_model: 'nexus/claude-sonnet-4-6',
      provider: { nexus: { options: { baseURL: 'http://127.0.0.1:5000/v1', apiKey: 'tok' } } },
    })
  })

  test.each(['openai', 'anthropic'])('names models of the upstream %s', async (upstream) => {
    const { model: main, provider } = await env('--upstream', upstream)
    expect(Object.keys(provider.nexus.models)).toContain(main.replace('nexus/', ''))
  })
})

test('start --opencode prints one command, and cmd is refused because of its quotes (OE-K3)', async () => {
  const start = (shell: string) => cli(['start', '--dry-run', '--simulate', '--opencode', '--shell', shell])
  const { code, out } = await start('zsh')
  expect([code, out.split('\n').length]).toEqual([0, 2])
  expect(out).toMatch(/^env OPENCODE_CONFIG_CONTENT='\{"model":.+\}' OPENCODE_DISABLE_MODELS_FETCH='1' .+ opencode\n$/)
  expect(await start('cmd')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Open PowerShell, and use --shell powershell.') as never,
  })
})
