import { launchd } from '../../src/cli/service/launchd.ts'
import type { Service, ServiceKind } from '../../src/cli/service/service.ts'
import { systemd } from '../../src/cli/service/systemd.ts'
import { windows } from '../../src/cli/service/windows.ts'

/** docs/service.md: its words are written by hand, what `service print` prints is printed into it. */

const common = { withheld: [], user: undefined, localData: undefined, logFile: undefined, asksKeychain: false } as const
const [name, value] = ['HTTPS_PROXY', 'http://proxy.example:3128'] as const

const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``

const example = (kind: ServiceKind, language: string, service: Service): string =>
  [kind.steps(service), kind.unit(service)].map((text, index) => block(index === 0 ? '' : language, text)).join('\n\n')

const places: ReadonlyMap<string, string> = new Map([
  [
    'systemd',
    example(systemd, 'ini', {
      ...common,
      program: '/usr/local/bin/nexus-claude-api',
      args: ['start', '--port', '4141'],
      environment: [[name, value]],
      home: '/home/anna',
    }),
  ],
  [
    'launchd',
    example(launchd, 'xml', {
      ...common,
      program: '/opt/homebrew/opt/nexus-claude-api/bin/nexus-claude-api',
      args: ['start', '--port', '4141'],
      environment: [[name, value]],
      home: '/Users/anna',
    }),
  ],
  [
    'windows',
    example(windows, 'xml', {
      ...common,
      program: String.raw`C:\Users\anna\AppData\Local\Programs\nexus-claude-api\nexus-claude-api.exe`,
      args: ['start', '--port', '4141'],
      environment: [[name, value]],
      home: String.raw`C:\Users\anna`,
      user: String.raw`CORP\anna`,
      localData: String.raw`C:\Users\anna\AppData\Local`,
    }),
  ],
])

const marked = /(<!-- generated: ([^>]+) -->\n)[\s\S]*?(\n<!-- \/generated -->)/g

/** The page with its examples made anew. Throws where it has other places than there are services. */
export const servicePage = (page: string): string => {
  const found = [...page.matchAll(marked)].map(([, , place]) => place)
  if (found.join() !== [...places.keys()].join())
    throw new Error(`docs/service.md has places for ${found.join(', ')}, not for ${[...places.keys()].join(', ')}`)
  return page.replace(
    marked,
    (_, begin: string, place: string, end: string) => `${begin}\n${places.get(place)}\n${end}`,
  )
}
