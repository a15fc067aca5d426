import { describe, expect, test } from 'bun:test'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logLevels } from '../../src/base/logger.ts'
import {
  clientToken,
  headers,
  invalidRequests,
  key,
  namedToken,
  privateWord,
  proxyPassword,
  secretsIn,
  validRequest,
} from '../support/canary.ts'
import { simulate } from '../support/chain.ts'
import { cli, startCli, temporaryFolder } from '../support/cli.ts'
import { toolResult } from '../support/translate.ts'

/** No output of any command contains a key, a proxy password or text of a prompt. */

const environment = {
  NEXUS_API_KEY: key,
  NEXUS_CLIENT_TOKEN: clientToken,
  NEXUS_CLIENT_TOKENS: `alice:${namedToken}`,
  HTTPS_PROXY: `http://user:${proxyPassword}@127.0.0.1:1`,
  HTTP_PROXY: `http://user:${proxyPassword}@127.0.0.1:1`,
}

describe('commands that do not serve', () => {
  test.each([
    [['--help']],
    [['start', '--help']],
    [['simulate', '-h']],
    [['--version']],
    [['--dry-run']],
    [['start', '--dry-run', '--verbose']],
    [['start', '--dry-run', '--api-key', key, '--client-token', clientToken]],
    [['start', '--dry-run', '--simulate']],
    [['service', 'print', 'systemd']],
    [['service', 'print', 'launchd', '--', '--api-key', key]],
    [['service', 'print', 'windows', '--client-token', clientToken]],
    [['service', 'print', key]],
    [['service', 'print', '--', key]],
    [['doctor', '--offline']],
    [['doctor', '--offline', '--json', '--api-key', key, '--client-token', clientToken]],
    [['doctor', '--offline', '--endpoint-url', `https://user:${key}@x.example`]],
    [['--prot', key]],
    [[`--api-ky=${key}`]],
    [[`--api-key${key}`]],
    [[`--${key}`]],
    [[`-${key}`]],
    [[key]],
    [['start', key]],
    [['start', '--api-key', `--${key}`]],
    [['start', '--port', key]],
    [['start', '--host', `${key}@x`]],
    [['start', '--timeout', key]],
    [['start', '--log-level', key]],
    [['start', '--shell', key, '--dry-run']],
    [['start', '--api-key', `Bearer ${key}`]],
    [['start', '--endpoint-url', `https://user:${key}@x.example`]],
    [['start', '--endpoint-url', `https://x.example/?key=${key}`]],
    [[`--dev=${key}`]],
    [['simulate', '--api-key', key, '--port', 'x']],
    [['simulate', `--api-key${key}`]],
    [['clients', 'list', '--json']],
    ...['add', 'rotate', 'disable', 'enable', 'remove'].map((command): [string[]] => [
      ['clients', command, namedToken],
    ]),
    [['clients', 'add', 'alice']],
    [['clients', 'add', 'x', '--models', namedToken]],
    [['config', 'show']],
    [['config', 'get', 'clientTokens']],
    [['models']],
    [['models', key]],
    [['models', '--json', '--model', 'opus']],
    [['completion', key]],
    [['complete', '--', 'start', '--api-key', key, '']],
    [['complete', '--', `--api-key=${key}`]],
    [['config', 'set', 'apiKey', key]],
    [['config', 'set', key]],
    [['config', 'set', 'clientToken', clientToken, '--store', 'file']],
    [['config', 'set', 'port', key]],
    [['config', 'set', 'endpointUrl', `https://user:${key}@x.example`]],
    [['config', 'set', 'apiKey', '--store', key]],
    [['config', 'get', 'apiKey']],
    [['config', 'get', 'clientToken', '--verbose']],
    [['config', 'unset', 'clientToken']],
    [['config', 'show']],
    [['config', 'show', '--json']],
    [['config', key]],
  ])('%p', async (args) => {
    const { out, err } = await cli(args, environment)
    expect(out + err).not.toBe('')
    expect(secretsIn(out + err)).toEqual([])
  })

  test.each([
    `{ "apiKey": "${key}", "port": "${key}" }`,
    `{ "apiKey": "${key}"`,
    `{ "apiKey": ["${key}"] }`,
    `{ "apiKey": "Bearer ${key}" }`,
    `{ "api_key": "${key}", "apiKey": "${key}", "nonsense": "${key}", "logging": "${key}" }`,
    `{ "${key}": 1 }`,
    `"${key}"`,
    key,
    `{ "clientToken": "${clientToken}", "logging": { "level": "${key}", "${key}": 1 } }`,
  ])('show no secret of a configuration file with %s', async (text) => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, text)
    const { out, err } = await cli(['--dry-run', '--config', path], { NEXUS_API_KEY: key }, folder)
    expect(secretsIn(out + err)).toEqual([])
  })

  test.each([
    `NEXUS_API_KEY=${key}`,
    `NEXUS_API_KEY="${key}`,
    `NEXUS_API_KEY=Bearer ${key}`,
    `NEXUS_PORT=${key}`,
    `export ${key}\n=${key}\n${key}`,
    `HTTPS_PROXY=http://u:${proxyPassword}@x\nNO_PROXY=${key}`,
  ])('show no secret of an environment file with %s', async (text) => {
    const folder = temporaryFolder()
    const path = join(folder, 'e')
    writeFileSync(path, text)
    const { out, err } = await cli(['--dry-run', '--env-file', path], {}, folder)
    expect(secretsIn(out + err)).toEqual([])
  })

  test('show no secret of an invalid scenario', async () => {
    const path = join(temporaryFolder(), 's.json')
    for (const text of [
      privateWord,
      `{"${privateWord}": 1`,
      `{"rules": [{"reply": {"content": [{"text": 1, "${privateWord}": 1}]}}]}`,
    ]) {
      writeFileSync(path, text)
      expect(secretsIn((await cli(['simulate', '--scenario', path])).err)).toEqual([])
    }
  })
})

const post = async (url: string, body: unknown, path = '/v1/messages'): Promise<string> => {
  const sent = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
  return (await fetch(url + path, { ...sent, body: JSON.stringify(body) })).text()
}

/** Runs a program and returns its output, and its arguments in the list of processes. */
const run = async (args: readonly string[], given: Record<string, string>, act: (url: string) => Promise<void>) => {
  const program = startCli(args, given)
  const [, url = ''] = await program.says(/(?:Address +|at |"address":")(http:[^\s"]+\d)/)
  await act(url)
  const listed = process.platform === 'linux' ? readFileSync(`/proc/${program.pid}/cmdline`, 'utf8') : ''
  program.kill('SIGTERM')
  return { ...(await program.ended), listed }
}

const everything = async (url: string): Promise<void> => {
  for (const body of [
    validRequest,
    { ...validRequest, stream: true },
    ...Object.values(invalidRequests).map((one) => one.body),
  ])
    await post(url, body)
  await post(url, validRequest, '/v1/messages/count_tokens')
}

const toolUseTurn = (id: string): object => ({
  role: 'assistant',
  content: [{ toolUse: { toolUseId: id, name: 'x', input: {} } }],
})

/** Long, because the tests start and end programs, and the machine may be busy. */
const timeoutMs = 30_000

describe('commands that serve', () => {
  test.each([['text'], ['json']])(
    'start shows no secret at any log level in %s',
    async (format) => {
      const levels = logLevels.map(async (level) => {
        const file = join(temporaryFolder(), 'log')
        const args = ['start', '-p', '0', '--simulate', '--claude-code', '--shell', 'bash', '--log-format', format]
        const { out, err, listed } = await run(
          [...args, '--log-level', level, '--log-file', file],
          { NEXUS_API_KEY: key, NEXUS_CLIENT_TOKEN: clientToken },
          everything,
        )
        const log = readFileSync(file, 'utf8')
        expect(statSync(file).mode & 0o777).toBe(0o600)
        // A client's mistake is not a warning.
        expect(log === '').toBe(level !== 'debug' && level !== 'info')
        expect(secretsIn(err + log + listed)).toEqual([])
        // The launch command contains the client token for Claude Code.
        expect(secretsIn(out)).toEqual([clientToken])
      })
      await Promise.all(levels)
    },
    timeoutMs,
  )

  test(
    'start with an unreachable proxy never shows the password of the proxy',
    async () => {
      for (const scheme of ['http', 'socks5']) {
        const proxy = `${scheme}://user:${proxyPassword}@127.0.0.1:1`
        const responses: string[] = []
        const { out, err, listed } = await run(
          ['start', '-p', '0', '--verbose', '-c', '--endpoint-url', 'https://nexus.invalid', '--max-retries', '0'],
          { NEXUS_API_KEY: key, HTTPS_PROXY: proxy, https_proxy: proxy, HTTP_PROXY: proxy },
          async (url) => {
            responses.push(await post(url, validRequest), await (await fetch(`${url}/health`)).text())
          },
        )
        expect(err).toMatch(/ 502 POST .* api_error: /)
        expect(secretsIn([...responses, out, err, listed].join('\n'))).toEqual([])
      }
    },
    timeoutMs,
  )

  test(
    'start never shows a refused key from a file',
    async () => {
      const { url: endpoint } = simulate({ apiKey: 'another' })
      const path = join(temporaryFolder(), 'c.json')
      writeFileSync(path, JSON.stringify({ apiKey: key }), { mode: 0o600 })
      const args = ['start', '-p', '0', '--verbose', '--config', path, '--endpoint-url', endpoint]
      const { out, err, listed } = await run(args, {}, async (url) => {
        expect(await post(url, validRequest)).toContain('authentication_error')
      })
      expect(secretsIn(out + err + listed)).toEqual([])
      expect(err).not.toContain('warning')
    },
    timeoutMs,
  )

  test(
    'simulate never shows its key or the text of a refused request',
    async () => {
      const ask = { messages: [{ role: 'user', content: [{ text: 'x' }] }] }
      const named = { toolSpec: { name: privateWord, inputSchema: { json: { type: 'object' } } } }
      const refused = [
        { ...ask, [privateWord]: 1 },
        { ...ask, messages: [{ role: 'user', content: [{ [`${privateWord}\u001b[2J`]: 1, text: 'x' }] }] },
        { ...ask, messages: [{ role: 'user', content: [{ text: 'x', image: {}, [privateWord]: {} }] }] },
        { ...ask, toolConfig: { tools: [named, named] } },
        { ...ask, toolConfig: { tools: [named], toolChoice: { tool: { name: `${privateWord}2` } } } },
        { ...ask, additionalModelRequestFields: { [privateWord]: 1 } },
        { ...ask, additionalModelRequestFields: { thinking: { type: privateWord } } },
        { ...ask, additionalModelRequestFields: { tools: [{ type: privateWord, name: privateWord }] } },
        { ...ask, additionalModelRequestFields: { tool_choice: { type: 'tool', name: privateWord } } },
        { ...ask, additionalModelRequestFields: { output_config: { [privateWord]: 1 } } },
        { ...ask, requestMetadata: { [privateWord]: 1 } },
        { ...ask, messages: [...ask.messages, toolUseTurn(privateWord)] },
        toolResult(privateWord, privateWord),
        privateWord,
      ]
      const { err } = await run(['simulate', '-p', '0', '--api-key', key], {}, async (url) => {
        for (const body of refused) {
          await fetch(`${url}/model/claude-sonnet-4.6/converse`, {
            method: 'POST',
            headers: { authorization: `Bearer ${key}` },
            body: JSON.stringify(body),
          })
        }
        await fetch(`${url}/model/claude-sonnet-4.6/converse`, {
          method: 'POST',
          headers: { authorization: privateWord },
        })
      })
      expect(err.match(/ 400 refused: /g)?.length).toBeGreaterThan(refused.length - 3)
      expect(err.split('\n').filter((line) => secretsIn(line).length > 0)).toEqual([])
      expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    },
    timeoutMs,
  )

  test(
    'simulate --kind openai never shows its key or the text of a refused request',
    async () => {
      const ask = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }] }
      const function_ = (name: string, parameters: object = { type: 'object', properties: {} }): object => ({
        type: 'function',
        function: { name, parameters },
      })
      const call = {
        role: 'assistant',
        tool_calls: [{ id: privateWord, type: 'function', function: { name: 'T', arguments: '{}' } }],
      }
      const result = { role: 'tool', tool_call_id: privateWord, content: privateWord }
      const schema = { name: 'r', strict: true, schema: { type: 'object', properties: { [privateWord]: {} } } }
      const refused = [
        { ...ask, [privateWord]: 1 },
        { ...ask, messages: [{ role: 'user', content: 'x', [`${privateWord}\u001b[2J`]: 1 }] },
        { ...ask, messages: [{ role: privateWord, content: 'x' }] },
        { ...ask, messages: [{ role: 'user', content: [{ type: privateWord }] }] },
        { ...ask, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: privateWord } }] }] },
        {
          ...ask,
          messages: [
            {
              role: 'user',
              content: [{ type: 'file', file: { filename: privateWord, file_data: `data:${privateWord};base64,` } }],
            },
          ],
        },
        { ...ask, messages: [...ask.messages, call] },
        { ...ask, messages: [...ask.messages, result] },
        { ...ask, messages: [...ask.messages, call, result, result] },
        { ...ask, messages: [...ask.messages, call, result, { ...result, tool_call_id: `${privateWord}2` }] },
        { ...ask, tools: [function_('T')], tool_choice: { type: 'function', function: { name: privateWord } } },
        { ...ask, tools: [function_('T')], tool_choice: privateWord },
        { ...ask, tools: [function_(privateWord, {})] },
        { ...ask, tools: [function_('T', { type: 'object', properties: { [privateWord]: { type: 'array' } } })] },
        { ...ask, response_format: { type: 'json_schema', json_schema: schema } },
        { ...ask, response_format: { type: privateWord } },
        privateWord,
      ]
      for (const face of ['strict', 'deepseek', 'kimi', 'mistral', 'nebius']) {
        const { err } = await run(
          ['simulate', '-p', '0', '--kind', 'openai', '--face', face, '--api-key', key],
          {},
          async (url) => {
            for (const body of refused)
              await fetch(`${url}/v1/chat/completions`, {
                method: 'POST',
                headers: { authorization: `Bearer ${key}` },
                body: JSON.stringify(body),
              })
            await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { authorization: privateWord } })
          },
        )
        expect(err.match(/ 4\d\d refused: /g)?.length).toBeGreaterThan(refused.length - 5)
        expect(err.split('\n').filter((line) => secretsIn(line).length > 0)).toEqual([])
        expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
      }
    },
    timeoutMs,
  )
})

describe('a secret on the command line, which other users can read', () => {
  test.each([
    [['--api-key', key], '--api-key'],
    [['--client-token', clientToken], '--client-token'],
  ])('%p causes one warning, not on standard output', async (args, flag) => {
    const { code, out, err } = await cli(['--dry-run', '-c', '--shell', 'bash', ...args], { NEXUS_API_KEY: key })
    expect(code).toBe(0)
    expect(err.match(/^warning: .*$/gm)).toEqual([
      `warning: other users of this machine can read ${flag} in the list of processes: use a variable or a file.`,
    ])
    expect(out).not.toContain('warning')
  })
})
