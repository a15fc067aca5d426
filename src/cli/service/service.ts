import { UsageError } from '../../base/usage-error.ts'

/** A service, before it is written for one system. */
export interface Service {
  /** An absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** Variables that the service would not have otherwise. */
  readonly environment: readonly (readonly [name: string, value: string])[]
  /** Variables that are left out because they contain a password. */
  readonly withheld: readonly string[]
  readonly home: string
  /** Windows: the user whose login starts the service, `DOMAIN\name`. */
  readonly user: string | undefined
  /** Windows: the folder for the log file, because the service has no visible output. */
  readonly localData: string | undefined
  /** The log file that a flag or a configuration file names. */
  readonly logFile: string | undefined
  /** Whether the key comes from a keychain or a helper, which may not be ready right after a login. */
  readonly fetchesSecrets: boolean
  /** Seconds for which the server may run after the signal. */
  readonly drainSeconds: number
}

/** How one system runs a service. Both functions are pure; `unit` throws UsageError for text that it cannot write. */
export interface ServiceKind {
  readonly unit: (service: Service) => string
  /** For the user: where to save the unit, and how to start, inspect and remove the service. */
  readonly steps: (service: Service) => string
}

/** The end of the process takes a moment more. An earlier kill would lose running answers. */
const marginSeconds = 10

/** Seconds after which the service manager kills the server. */
export const stopSeconds = ({ drainSeconds }: Service): number => Math.ceil(drainSeconds) + marginSeconds

export const summary = 'Claude models for Claude Code over AI Nexus'

/** A service cannot prompt for a key, and other users may read a unit. */
export const keyNote = [
  'This file contains no key. Do not add one: other users may read this file.',
  'nexus-claude-api config set apiKey stores the key where the service finds it.',
] as const

export const withheldNote = ({ withheld }: Service): string[] =>
  withheld.length === 0 ? [] : [`Left out, because it contains a password: ${withheld.join(', ')}.`]

/** Characters that neither a line of a unit nor XML can contain. */
const unwritable = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u

/** Throws UsageError. */
export const checkTexts = ({ program, args, environment, home, user = '', localData = '' }: Service): void => {
  const texts = [program, ...args, ...environment.flat(), home, user, localData]
  if (texts.some((text) => unwritable.test(text)))
    throw new UsageError(
      'A path or a value contains a line break or another character that a service definition cannot contain. Rename it, and print again.',
    )
}

const namedEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Writes text for XML in ASCII only, so that the encoding of a shell's redirection does not matter. */
export const xmlText = (text: string): string =>
  text.replace(/[&<>"']|[^\x20-\x7e]/gu, (sign) => namedEntities[sign] ?? `&#${sign.codePointAt(0)};`)

/** Two hyphens would end the comment. */
export const xmlComment = (lines: readonly string[]): string =>
  lines.map((line) => `<!-- ${xmlText(line).replace(/-(?=-)/g, '- ')} -->\n`).join('')
