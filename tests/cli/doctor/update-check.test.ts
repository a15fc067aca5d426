import { describe, expect, test } from 'bun:test'
import { setImmediate } from 'node:timers/promises'
import { upgradeLine } from '../../../src/cli/doctor/upgrade-line.ts'
import { version } from '../../../src/version.ts'
import { afterTest } from '../../support/cleanup.ts'
import { doctor, doctorReport } from '../../support/doctor.ts'

/** A page of releases that records its requests. */
const page = (answer: () => Response | Promise<Response>) => {
  const requests: { method: string; headers: Record<string, string> }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ method, headers }) => {
      requests.push({ method, headers: headers.toJSON() })
      return answer()
    },
  })
  afterTest(() => server.stop(true))
  return { requests, environment: { NEXUS_UPDATES_URL: `${server.url}releases/latest` }, host: server.url.host }
}

const redirectTo = (location: string) => () => new Response(null, { status: 302, headers: { location } })
const tag = (newest: string): string => `https://github.example/x/y/releases/tag/v${newest}`

const check = async (answer: () => Response | Promise<Response>, args: readonly string[] = []) => {
  const { environment, requests, host } = page(answer)
  const examined = await doctor(['--check-updates', '--simulate', ...args], environment)
  return { ...examined.of('program.update'), code: examined.code, requests, host }
}

describe('the program never phones home', () => {
  test('sends no request without --check-updates', async () => {
    const { requests, environment } = page(redirectTo(tag('99.0.0')))
    for (const args of [['--simulate'], ['--offline'], []]) {
      const { checks } = await doctor(args, environment)
      expect(checks.map(({ id }) => id)).not.toContain('program.update')
    }
    expect(requests).toEqual([])
  })

  test('sends no request with --offline, also with --check-updates', async () => {
    const { requests, status } = await check(redirectTo(tag('99.0.0')), ['--offline'])
    expect([requests, status]).toEqual([[], 'skip'])
  })

  test('sends one request with --check-updates, without data about the user', async () => {
    const { requests, host } = await check(redirectTo(tag(version)))
    expect(requests).toEqual([
      {
        method: 'GET',
        headers: {
          host,
          accept: '*/*',
          'user-agent': expect.stringMatching(/^$/) as never,
          'accept-encoding': expect.any(String) as never,
          connection: 'keep-alive',
        },
      },
    ])
  })
})

describe('the response of the page', () => {
  test.each([
    ['a newer one', '99.1.0', 'warn'],
    ['this one', version, 'ok'],
    ['an older one', '0.0.1', 'ok'],
    ['a newer pre-release', '99.1.0-rc.1', 'warn'],
  ])('%s', async (_, newest, status) => {
    const { detail, remedy, data, code, ...found } = await check(redirectTo(tag(newest)))
    expect([found.status, code, data]).toEqual([status as never, 0, { version, newest }])
    expect([detail.includes(newest), remedy !== undefined]).toEqual([true, status === 'warn'])
  })

  test('may be only the version', async () => {
    expect(await check(() => new Response('v99.1.0\n'))).toMatchObject({ status: 'warn', data: { newest: '99.1.0' } })
  })

  test('is read without a length, too, and an endless one is cancelled', async () => {
    const inChunks = (...parts: string[]) =>
      new Response(
        new ReadableStream({
          pull: async (controller) => {
            // A body that is complete at once gets a length.
            await setImmediate()
            const part = parts.shift()
            if (part === undefined) controller.close()
            else controller.enqueue(Buffer.from(part))
          },
        }),
      )
    expect(await check(() => inChunks('v99.', '1.0\n'))).toMatchObject({ status: 'warn', data: { newest: '99.1.0' } })
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.from('99.1.0\n')) })
    expect(await check(() => new Response(endless))).toMatchObject({ status: 'info', data: { newest: null } })
  })

  test('shows the status of a refusal', async () => {
    const { detail } = await check(() => new Response(null, { status: 429 }))
    expect(detail).toEndWith('names no release (status 429)')
  })

  test.each([
    ['no release', redirectTo('https://github.example/x/y/releases')],
    ['another page', () => new Response(`<html>${'1.2.3\n'.repeat(100)}</html>`)],
    ['an error of the server', () => new Response('1.2.3', { status: 500 })],
    ['control characters', redirectTo('https://x.example/v99.1.0\u0007x')],
  ])('%s is not an error of the setup', async (_, answer) => {
    expect(await check(answer)).toMatchObject({ status: 'info', code: 0, data: { version, newest: null } })
  })

  test('is unknown if the page cannot be reached, and a warning for an invalid URL', async () => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
    const { href } = server.url
    await server.stop(true)
    const gone = await doctor(['--check-updates', '--simulate'], { NEXUS_UPDATES_URL: href })
    expect(gone.of('program.update')).toMatchObject({ status: 'info', detail: expect.stringContaining('not known: ') })
    for (const wrong of ['nonsense', 'ftp://x.example', 'https://user:password@x.example']) {
      const { of, said } = await doctor(['--check-updates', '--simulate'], { NEXUS_UPDATES_URL: wrong })
      expect(of('program.update').status).toBe('warn')
      expect(said).not.toContain('password@')
    }
  })

  test('is a line with its remedy', async () => {
    const { environment } = page(redirectTo(tag('99.1.0')))
    const { out } = await doctorReport(['--check-updates', '--simulate'], environment)
    expect(out).toContain(`warn  Newer release      99.1.0 is available; this is ${version}\n`)
    expect(out).toContain('-> Run the installer again, or download')
  })
})

test('the upgrade command depends on the path of the program', () => {
  const lines = (path: string, hasDeb = false) => upgradeLine([path], () => hasDeb)
  const windows = String.raw`C:\Users\a\scoop\apps\nexus-claude-api\1.0.0\nexus-claude-api.exe`
  expect([
    lines('/opt/homebrew/Cellar/nexus-claude-api/1.0.0/bin/nexus-claude-api'),
    lines('/home/linuxbrew/.linuxbrew/Cellar/nexus-claude-api/1.0.0/bin/nexus-claude-api'),
    lines(windows),
    lines('/usr/lib/node_modules/nexus-claude-api/node_modules/x/nexus-claude-api'),
  ]).toEqual([
    'Upgrade: brew upgrade nexus-claude-api',
    'Upgrade: brew upgrade nexus-claude-api',
    'Upgrade: scoop update nexus-claude-api',
    'Upgrade: npm install --global nexus-claude-api@latest',
  ])
  expect(lines('/usr/bin/nexus-claude-api', true)).toContain('sudo apt install')
  expect(lines('/usr/bin/nexus-claude-api')).toContain('Install the package')
  expect(lines('/home/a/.local/bin/nexus-claude-api')).toContain('Run the installer again')
  expect(upgradeLine(['/opt/bun', '/src/main.ts'], () => false)).toContain('git pull')
})
