import { launchd } from '../../src/cli/service/launchd.ts'
import type { Service, ServiceKind } from '../../src/cli/service/service.ts'
import { systemd } from '../../src/cli/service/systemd.ts'
import { windows } from '../../src/cli/service/windows.ts'
import { fillPlaceholders } from './placeholders.ts'

/** Generates the examples of docs/service.md from the output of `service print`. Its text is handwritten. */

const common = {
  withheld: [],
  user: undefined,
  localData: undefined,
  logFile: undefined,
  fetchesSecrets: false,
  drainSeconds: 30,
} as const
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

export const servicePage = (page: string): string => fillPlaceholders('docs/service.md', page, places)
