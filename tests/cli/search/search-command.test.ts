import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSearchCommand } from '../../../src/cli/search/search-command.ts'
import { createCommandProvider } from '../../../src/search/providers/command.ts'
import type { SearchError, SearchQuery } from '../../../src/search/search-provider.ts'
import { simulate } from '../../support/chain.ts'
import { startCli, temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { inTurns, searchRequest, wants } from '../../support/web-search.ts'

const query: SearchQuery = {
  query: 'what is new? $(touch never) "quoted"',
  count: 3,
  allowedDomains: ['a.example'],
  blockedDomains: [],
  location: { country: 'DE', city: 'Ulm', region: 'BW', timezone: 'Europe/Berlin' },
}

const setUp = (
  script: string,
  more: { env?: string[]; environment?: Record<string, string>; timeout?: number } = {},
) => {
  const { env = [], environment = {}, timeout = 60 } = more
  const folder = temporaryFolder()
  const path = writeFile(join(folder, 'my search'), `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  const machine = {
    platform: process.platform,
    home: folder,
    currentDirectory: folder,
    environment: { PATH: process.env['PATH'], ...environment },
  }
  const provider = createCommandProvider(
    createSearchCommand({ command: [path, 'an argument', folder], env, timeout }, machine),
  )
  const search = (signal = new AbortController().signal) => provider.search(query, signal)
  const failure = () => search().catch(({ code, failure }: SearchError) => [code, failure])
  return { folder, search, failure }
}

const found =
  '{"results": [{"title": "A", "url": "https://a.example/", "snippet": "s", "publishedAt": "2026-11-01"}, {"url": "https://b.example/"}]}'
const inFile = (name: string): string => `"$2/${name}"`
/** A program that has ended may wait for its parent to notice: on Linux, its state is Z. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const state = `/proc/${pid}/stat`
    return !existsSync(state) || !/\) [ZX] /.test(readFileSync(state, 'utf8'))
  } catch {
    return false
  }
}

describe('a program that searches', () => {
  test('gets one JSON object and its arguments without a shell, and writes one (WS-43)', async () => {
    const { folder, search } = setUp(
      `cat > ${inFile('input')}; printf %s "$1" > ${inFile('argument')}; echo '${found}'`,
    )
    expect(await search()).toEqual([
      { title: 'A', url: 'https://a.example/', snippet: 's', pageAge: '2026-11-01' },
      { title: '', url: 'https://b.example/', snippet: '', pageAge: null },
    ])
    expect(JSON.parse(readFileSync(join(folder, 'input'), 'utf8'))).toEqual(query)
    expect(readFileSync(join(folder, 'argument'), 'utf8')).toBe('an argument')
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  test('gets PATH, HOME, the variables of the proxy and those of search.env, and never keys of this program (WS-43)', async () => {
    const environment = {
      HOME: '/home/me',
      HTTPS_PROXY: 'http://proxy.example:3128',
      no_proxy: 'localhost',
      SEARCH_TOKEN: 't',
      OTHER: 'o',
      NEXUS_API_KEY: 'k',
      AWS_BEARER_TOKEN_BEDROCK: 'k',
      ANTHROPIC_API_KEY: 'k',
    }
    const env = ['SEARCH_TOKEN', 'NEXUS_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'ANTHROPIC_API_KEY']
    const { folder, search } = setUp(`env > ${inFile('env')}; echo '${found}'`, { environment, env })
    await search()
    const lines = readFileSync(join(folder, 'env'), 'utf8').trim().split('\n')
    const names = lines.map((line) => line.split('=')[0] ?? '').filter((name) => !/^(?:PWD|SHLVL|_|OLDPWD)$/.test(name))
    expect(names.toSorted()).toEqual(['HOME', 'HTTPS_PROXY', 'PATH', 'SEARCH_TOKEN', 'no_proxy'])
  })

  test.each<[string, string, object]>([
    ['fails', 'echo "$1" >&2; exit 3', { exitCode: 3 }],
    ['prints nothing', 'exit 0', { reason: 'the output is not a JSON object' }],
    ['prints no JSON', 'echo hello', { reason: 'the output is not a JSON object' }],
    ['prints a list', "echo '[]'", { reason: 'the output is not a JSON object' }],
    ['has no results', "echo '{}'", { reason: 'the answer has no list of results' }],
    ['prints more than 1 MiB', 'head -c 1048577 /dev/zero', { reason: 'the output is too long' }],
    ['never stops to print', 'cat /dev/zero', { reason: 'the output is too long' }],
  ])('that %s is unavailable (WS-25, WS-43)', async (_, script, failure) => {
    expect(await setUp(script).failure()).toEqual(['unavailable', failure])
  })

  test('that does not exist is unavailable (WS-25)', async () => {
    const machine = { platform: process.platform, home: '/', currentDirectory: '/', environment: {} }
    const run = createSearchCommand({ command: ['/nowhere/search'], env: [], timeout: 60 }, machine)
    const failed = createCommandProvider(run).search(query, new AbortController().signal)
    await expect(failed).rejects.toMatchObject({
      code: 'unavailable',
      failure: { reason: 'the program cannot be started (ENOENT)' },
    })
  })

  const endless = `sleep 600 & echo $$ > ${inFile('pid')}; echo $! > ${inFile('child')}; mv ${inFile('child')} ${inFile('ready')}; wait`
  const pidIn = (folder: string, name: string): number => Number(readFileSync(join(folder, name), 'utf8'))

  test('is killed with its group when the client leaves (WS-18, WS-43)', async () => {
    const { folder, search } = setUp(endless)
    const leaving = new AbortController()
    const searching = search(leaving.signal).catch(({ failure }: SearchError) => failure)
    await waitUntil(() => existsSync(join(folder, 'ready')))
    const [program, child] = [pidIn(folder, 'pid'), pidIn(folder, 'ready')]
    expect([program, child].map(isRunning)).toEqual([true, true])
    leaving.abort()
    expect(await searching).toEqual({ reason: 'aborted' })
    await waitUntil(() => !isRunning(program) && !isRunning(child))
  })

  test('is killed with its group after the timeout (WS-43)', async () => {
    const { folder, failure } = setUp(endless, { timeout: 3 })
    const failed = failure()
    await waitUntil(() => existsSync(join(folder, 'ready')))
    const [program, child] = [pidIn(folder, 'pid'), pidIn(folder, 'ready')]
    expect(await failed).toEqual(['unavailable', { reason: 'timeout' }])
    await waitUntil(() => !isRunning(program) && !isRunning(child))
  })

  test('that does not read its input works (WS-43)', async () => {
    expect(await setUp(`exec 0<&-; echo '${found}'`).search()).toHaveLength(2)
  })

  test('that leaves another program behind has an answer (WS-43)', async () => {
    const { folder, search } = setUp(`sleep 600 & echo $! > ${inFile('child')}; echo '${found}'`)
    expect(await search()).toHaveLength(2)
    process.kill(pidIn(folder, 'child'), 'SIGKILL')
  })
})

const address = /Address +(http:\/\/127\.0\.0\.1:\d+)/

describe('a server that searches the web', () => {
  const startServer = async (script: string, args: readonly string[] = []) => {
    const scenario = inTurns([wants('CANARY-query')], [{ text: 'done' }])
    const simulator = simulate({ scenario })
    const folder = temporaryFolder()
    const path = writeFile(join(folder, 'search'), `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    const program = startCli(['start', '--port', '0', '--endpoint-url', simulator.url, ...args], {
      NEXUS_API_KEY: 'key-0123456789-0123456789',
      NEXUS_SEARCH: 'command',
      NEXUS_SEARCH_COMMAND: path,
      NEXUS_LOG_LEVEL: 'debug',
    })
    const [, url = ''] = await program.says(address)
    const send = async (signal?: AbortSignal) => {
      const body = JSON.stringify(searchRequest())
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body, ...(signal && { signal }) })
      const { content } = (await response.json()) as { content: { type: string; content?: unknown }[] }
      return content.find(({ type }) => type === 'web_search_tool_result')?.content
    }
    const stop = async (): Promise<string> => {
      program.kill('SIGTERM')
      return (await program.ended).err
    }
    return { folder, send, stop }
  }
  const canaries = '{"results": [{"title": "CANARY-title", "url": "https://a.example/", "snippet": "CANARY-snippet"}]}'

  test.each([[[]], [['--workers', '2']]])(
    'runs the program, also with %j, and logs no words (WS-43, WS-54)',
    async (args) => {
      const { send, stop } = await startServer(`echo '${canaries}'; echo CANARY-error >&2`, args)
      expect(await send()).toMatchObject([
        { type: 'web_search_result', title: 'CANARY-title', url: 'https://a.example/' },
      ])
      const log = await stop()
      expect(log).toContain('Search    on, queries are sent to the program search\n')
      expect(log).not.toContain('CANARY')
    },
  )

  test('answers with an error of the search when the program fails, and logs its exit code (WS-25, WS-43)', async () => {
    const { send, stop } = await startServer('echo CANARY-error >&2; exit 7')
    expect(await send()).toEqual({ type: 'web_search_tool_result_error', error_code: 'unavailable' })
    const log = await stop()
    expect(log).toMatch(/search\.failed .*exitCode=7/)
    expect(log).not.toContain('CANARY')
  })

  test('kills the program when the client disconnects (WS-18)', async () => {
    const { folder, send, stop } = await startServer(
      'echo $$ > "$(dirname "$0")/pid.new"; mv "$(dirname "$0")/pid.new" "$(dirname "$0")/pid"; exec sleep 600',
    )
    const leaving = new AbortController()
    const sending = send(leaving.signal).catch(({ name }: Error) => name)
    await waitUntil(() => existsSync(join(folder, 'pid')))
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    leaving.abort()
    expect(await sending).toBe('AbortError')
    await waitUntil(() => !isRunning(pid))
    await stop()
  })
})
