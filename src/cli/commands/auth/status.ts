import type { ArgsDef } from 'citty'
import { closingCommand } from '../../../base/closing-command.ts'
import { type ListedFolder, listDomainFiles } from '../../../upstreams/anthropic/credentials/domain-list.ts'
import { productName } from '../../../version.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'
import { labelled, usualColumns } from '../../terminal/wrap.ts'
import { authFlags, readAuth } from './flags.ts'
import { timeLeft } from './time-left.ts'

type ListedFile = ListedFolder['files'][number]

/** A file in the output of `--json`. Scripts rely on the names. */
interface StatusEntry {
  readonly file: string
  readonly domain: string | null
  readonly type: 'api_key' | 'oauth' | null
  /** Masked: the key, the keys, or the access token. */
  readonly keys: readonly string[]
  /** For OAuth; not positive if the token has expired. */
  readonly expiresInSeconds?: number
  /** For OAuth: whether the file has a refresh token. */
  readonly renewable?: boolean
  readonly scopes?: readonly string[]
  /** Permissions in octal digits, such as 600; absent on Windows. */
  readonly mode?: string
  /** Why requests cannot use it. */
  readonly problem: string | null
  /** What is not safe. */
  readonly warning: string | null
}

const othersMode = 0o077

const credentialOf = ({ file }: ListedFile, now: number): Pick<StatusEntry, 'type' | 'keys'> & Partial<StatusEntry> => {
  if (file === undefined) return { type: null, keys: [] }
  const { credential } = file
  if (credential.type === 'api_key') return { type: 'api_key', keys: credential.keys.map((key) => key.masked()) }
  const { accessToken, refreshToken, expiresAt, scopes } = credential.grant
  return {
    type: 'oauth',
    keys: [accessToken.masked()],
    expiresInSeconds: Math.floor((expiresAt - now) / 1000),
    renewable: refreshToken !== undefined,
    scopes,
  }
}

const expiryProblem = ({ expiresInSeconds, renewable }: Partial<StatusEntry>, domain: string | undefined) =>
  expiresInSeconds !== undefined && expiresInSeconds <= 0 && !renewable
    ? `expired, and it has no refresh token: ${productName} auth login ${domain ?? '<domain>'}`
    : null

const toEntry = (listed: ListedFile, now: number, isWindows: boolean): StatusEntry => {
  const { fileName, path, domain, mode, problem } = listed
  const credential = credentialOf(listed, now)
  const isOpen = !isWindows && (mode & othersMode) !== 0
  return {
    file: fileName,
    domain: domain ?? null,
    ...credential,
    ...(!isWindows && { mode: mode.toString(8).padStart(3, '0') }),
    problem: problem ?? expiryProblem(credential, domain),
    warning: isOpen ? `other users of this machine can access it: ${closingCommand(path)}` : null,
  }
}

/** Column where the text of a row begins. */
const textColumn = 14

const expiryText = ({ expiresInSeconds = 0 }: StatusEntry): string =>
  expiresInSeconds > 0 ? `in ${timeLeft(expiresInSeconds * 1000, 0)}` : 'expired'

const rowsOf = (entry: StatusEntry): (readonly [label: string, text: string])[] => [
  ['file', entry.file],
  ...(entry.type === null ? [] : [['type', entry.type === 'oauth' ? 'OAuth' : 'API key'] as const]),
  ...entry.keys.map((key) => [entry.type === 'oauth' ? 'token' : 'key', key] as const),
  ...(entry.expiresInSeconds === undefined ? [] : [['expires', expiryText(entry)] as const]),
  ...(entry.renewable === undefined ? [] : [['renewable', entry.renewable ? 'yes' : 'no'] as const]),
  ...(entry.scopes?.length ? [['scopes', entry.scopes.join(' ')] as const] : []),
  ...(entry.mode === undefined ? [] : [['mode', entry.mode] as const]),
  ...(entry.problem === null ? [] : [['problem', entry.problem] as const]),
  ...(entry.warning === null ? [] : [['warning', entry.warning] as const]),
]

const blockOf = (entry: StatusEntry, columns: number): string =>
  [
    entry.domain ?? untrustedText(entry.file),
    ...rowsOf(entry).map(([label, text]) => labelled(label, untrustedText(text), textColumn, columns)),
  ].join('\n')

const runStatus = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const { folder } = await readAuth(flags, io)
  const { files, problem } = await listDomainFiles(folder)
  const isWindows = io.machine.platform === 'win32'
  const entries = files.map((file) => toEntry(file, Date.now(), isWindows))
  if (problem !== undefined) printer(io).fail(`The folder ${shownPaths(folder, io)} cannot be used: ${problem}.`)
  else if (files.length === 0) printer(io).info(`${shownPaths(folder, io)} has no file of credentials.`)
  const columns = Math.min(io.outColumns, usualColumns)
  if (flags['json'] === true) io.out(`${JSON.stringify(entries, undefined, 2)}\n`)
  else if (entries.length > 0) io.out(`${entries.map((entry) => blockOf(entry, columns)).join('\n\n')}\n`)
  return problem === undefined && entries.every((entry) => entry.problem === null) ? 0 : 1
}

/** Sends no request. */
export const authStatusCommand: Command = {
  name: 'auth status',
  description: 'List the credentials of each domain, and when they expire',
  details: [
    'Reads the files and sends no request. The exit code is 1 if a file is invalid, or if its token has expired and cannot be renewed.',
  ],
  get args(): ArgsDef {
    return {
      json: { type: 'boolean', description: 'Print a JSON list of files' },
      ...authFlags(),
    }
  },
  examples: [
    { line: `${productName} auth status`, what: 'List all files of the configured folder' },
    { line: `${productName} auth status --json`, what: 'Print JSON for a script' },
  ],
  run: runStatus,
}
