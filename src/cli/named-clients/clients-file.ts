import { basename } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Logger } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import { stateOfFile } from '../../upstreams/anthropic/credentials/credential-file.ts'
import { productName } from '../../version.ts'
import type { ClientEntry } from '../../wire/clients-file.ts'
import { readNamed } from '../config/config-input.ts'
import { parseClientsFile } from './parse-clients-file.ts'

export interface ClientsFileOptions {
  /** Absolute. */
  readonly path: string
  /** Names of clients that the configuration itself has. */
  readonly taken: ReadonlySet<string>
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** A removed client must not work for longer. */
const checkEveryMs = 1000

/** Undefined for a missing file, and for one in a folder that cannot be searched. */
const identityOf = (path: string): string | undefined => attempt(() => stateOfFile(path))?.identity

const missing = (path: string): UsageError =>
  new UsageError(
    `The file of clients ${path} does not exist. Add a client: ${productName} clients add NAME --clients ${path}`,
  )

/** Throws UsageError. */
export const readClientsFile = (path: string, taken?: ReadonlySet<string>): readonly ClientEntry[] => {
  if (identityOf(path) === undefined) throw missing(path)
  return parseClientsFile({ path, text: readNamed(path, 'file of clients') }, taken)
}

/**
 * The clients of a file, which is read again when it has changed: at most once a second, when a request needs it. While
 * a new version is invalid, the old one counts. Throws UsageError if the first version is invalid.
 */
export const createClientsFile = ({ path, taken, log, now }: ClientsFileOptions) => {
  // The state is from before the read: a change in between causes another read.
  let identity = identityOf(path)
  let entries = readClientsFile(path, taken)
  let checkedAt = now()

  const file = basename(path)
  const read = (): void => {
    try {
      entries = readClientsFile(path, taken)
      log.info('clients.changed', { file, clients: entries.length })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      log.error('clients.invalid', { file, reason: error.message })
    }
  }
  return {
    /** Returns the same list until the file changes. */
    current(): readonly ClientEntry[] {
      const time = now()
      if (time - checkedAt < checkEveryMs) return entries
      checkedAt = time
      const found = identityOf(path)
      if (found !== identity) {
        identity = found
        read()
      }
      return entries
    },
  }
}
