import { UsageError } from '../../base/usage-error.ts'

/** What is to run by itself, before it is written for one system. */
export interface Service {
  /** An absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** What a service would not have by itself. */
  readonly environment: readonly (readonly [name: string, value: string])[]
  /** Variables that hold a password, and were left out. */
  readonly withheld: readonly string[]
  readonly home: string
  /** Windows: whose login starts it, `DOMAIN\name`. */
  readonly user: string | undefined
  /** Windows: where the log goes, which nobody would see otherwise. */
  readonly localData: string | undefined
  /** The one that a flag or a file of the configuration names. */
  readonly logFile: string | undefined
  /** A keychain or a helper is asked for the key, which may not be ready for a while after a login. */
  readonly fetchesSecrets: boolean
}

/** One system's way to run something by itself. Both are pure; `unit` throws UsageError for what cannot be written. */
export interface ServiceKind {
  readonly unit: (service: Service) => string
  /** For people: where the unit goes, and how it is started, looked at and removed. */
  readonly steps: (service: Service) => string
}

/** Running answers have 30 s after the signal, and written bytes one more: killed before that they would be lost. */
export const stopSeconds = 40

export const summary = 'Claude models for Claude Code over AI Nexus'

/** Nobody is there to type one, and others may read a unit. */
export const keyNote = [
  'No key stands here, and none belongs here: others may read this file.',
  'nexus-claude-api config set apiKey keeps it where the service finds it.',
] as const

export const withheldNote = ({ withheld }: Service): string[] =>
  withheld.length === 0 ? [] : [`Left out, because there is a password in it: ${withheld.join(', ')}.`]

/** What no line of a unit and no XML can hold. */
const unwritable = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u

/** Throws UsageError. */
export const checkTexts = ({ program, args, environment, home, user = '', localData = '' }: Service): void => {
  const texts = [program, ...args, ...environment.flat(), home, user, localData]
  if (texts.some((text) => unwritable.test(text)))
    throw new UsageError(
      'A path or a value holds a line break or another character that a service cannot be given. Rename it, and print again.',
    )
}

const namedEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** A text within XML, in ASCII alone: what a shell makes of the encoding on the way into a file does not matter. */
export const xmlText = (text: string): string =>
  text.replace(/[&<>"']|[^\x20-\x7e]/gu, (sign) => namedEntities[sign] ?? `&#${sign.codePointAt(0)};`)

/** Two hyphens would end the comment. */
export const xmlComment = (lines: readonly string[]): string =>
  lines.map((line) => `<!-- ${xmlText(line).replace(/-(?=-)/g, '- ')} -->\n`).join('')
