import { describe, expect, test } from 'bun:test'
import { setImmediate } from 'node:timers/promises'
import { upgradeLine } from '../../../src/cli/doctor/upgrade-line.ts'
import { version } from '../../../src/version.ts'
import { afterTest } from '../../support/cleanup.ts'
import { doctor, doctorReport } from '../../support/doctor.ts'

/** A page of releases that writes down what it is asked. */
const page = (answer: () => Response | Promise<Response>) => {
  const asked: { method: string; headers: Record<string, string> }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ method, headers }) => {
      asked.push({ method, headers: headers.toJSON() })
      return answer()
    },
  })
  afterTest(() => server.stop(true))
  return { asked, environment: { NEXUS_UPDATES_URL: `${server.url}releases/latest` }, host: server.url.host }
}

const redirectTo = (place: string) => () => new Response(null, { status: 302, headers: { location: place } })
const tag = (newest: string): string => `https://github.example/x/y/releases/tag/v${newest}`

const check = async (answer: () => Response | Promise<Response>, args: readonly string[] = []) => {
  const { environment, asked, host } = page(answer)
  const examined = await doctor(['--check-updates', '--simulate', ...args], environment)
  return { ...examined.of('program.update'), code: examined.code, asked, host }
}

describe('nothing phones home', () => {
  test('without --check-updates nobody is asked', async () => {
    const { asked, environment } = page(redirectTo(tag('99.0.0')))
    for (const args of [['--simulate'], ['--offline'], []]) {
      const { checks } = await doctor(args, environment)
      expect(checks.map(({ id }) => id)).not.toContain('program.update')
    }
    expect(asked).toEqual([])
  })

  test('--offline sends nothing, whatever else is said', async () => {
    const { asked, status } = await check(redirectTo(tag('99.0.0')), ['--offline'])
    expect([asked, status]).toEqual([[], 'skip'])
  })

  test('with it one request, that says nothing of who asks', async () => {
    const { asked, host } = await check(redirectTo(tag(version)))
    expect(asked).toEqual([
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

describe('what the page says', () => {
  test.each([
    ['a newer one', '99.1.0', 'warn'],
    ['this one', version, 'ok'],
    ['an older one', '0.0.1', 'ok'],
    ['a try at a newer one', '99.1.0-rc.1', 'warn'],
  ])('%s', async (_, newest, status) => {
    const { detail, remedy, data, code, ...found } = await check(redirectTo(tag(newest)))
    expect([found.status, code, data]).toEqual([status as never, 0, { version, newest }])
    expect([detail.includes(newest), remedy !== undefined]).toEqual([true, status === 'warn'])
  })

  test('a mirror may say the version alone', async () => {
    expect(await check(() => new Response('v99.1.0\n'))).toMatchObject({ status: 'warn', data: { newest: '99.1.0' } })
  })

  test('a mirror that says it without its length is heard, too, and one that never ends is left', async () => {
    const inChunks = (...parts: string[]) =>
      new Response(
        new ReadableStream({
          pull: async (controller) => {
            // What is there at once is sent with its length.
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

  test('whoever refuses is told by the status, and not taken for a page without releases', async () => {
    const { detail } = await check(() => new Response(null, { status: 429 }))
    expect(detail).toEndWith('names no release (status 429)')
  })

  test.each([
    ['nothing was released', redirectTo('https://github.example/x/y/releases')],
    ['another page', () => new Response(`<html>${'1.2.3\n'.repeat(100)}</html>`)],
    ['a fault of theirs', () => new Response('1.2.3', { status: 500 })],
    ['something odd', redirectTo('https://x.example/v99.1.0\u0007x')],
  ])('%s is no fault of the set-up', async (_, answer) => {
    expect(await check(answer)).toMatchObject({ status: 'info', code: 0, data: { version, newest: null } })
  })

  test('nobody there, and an address that is none', async () => {
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

  test('for people: a line with its remedy', async () => {
    const { environment } = page(redirectTo(tag('99.1.0')))
    const { out } = await doctorReport(['--check-updates', '--simulate'], environment)
    expect(out).toContain(`warn  Newer release      99.1.0 is out; this is ${version}\n`)
    expect(out).toContain('-> Run the installer again, or take')
  })
})

test('how it is upgraded, by where it lies', () => {
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
  expect(lines('/usr/bin/nexus-claude-api')).toContain('Take the package')
  expect(lines('/home/a/.local/bin/nexus-claude-api')).toContain('Run the installer again')
  expect(upgradeLine(['/opt/bun', '/src/main.ts'], () => false)).toContain('git pull')
})
