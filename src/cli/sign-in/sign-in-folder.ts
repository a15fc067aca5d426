import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { replaceFile } from '../../base/files/replace-file.ts'
import { randomToken } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import { type Machine, signInFolderPath } from '../../config/paths.ts'
import { createCheck } from '../../wire/check.ts'
import { StoredSignIn } from '../../wire/sign-in-file.ts'
import { SignInServer } from '../../wire/sign-in-server.ts'
import { holdLock, type LockTimes } from './folder-lock.ts'

/** The folder of sign-in: its sessions, and what the commands need to call the server (SI-S1, SI-S3). */

const [ownFolder, ownFile] = [0o700, 0o600]

const names = { sessions: 'sessions.json', admin: 'admin', server: 'server.json' } as const

const pathsIn = (machine: Machine) => {
  const folder = signInFolderPath(machine)
  const path = (name: string): string => join(folder, name)
  return { folder, sessions: path(names.sessions), admin: path(names.admin), server: path(names.server) }
}

const cannot = (what: string, path: string, error: unknown): UsageError =>
  new UsageError(`Cannot ${what} ${path} (${errorCode(error) ?? 'unknown error'}). Sign-in needs it.`)

/** Undefined if there is no such file. Throws UsageError for one that cannot be read. */
const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw cannot('read', path, error)
  }
}

/** Undefined for a text that is not what the check wants. */
const parseAs = <T>(isValid: (value: unknown) => value is T, text: string): T | undefined => {
  const value: unknown = attempt(() => JSON.parse(text))
  return isValid(value) ? value : undefined
}

const isStored = createCheck(StoredSignIn)
const isServer = createCheck(SignInServer)

/** Rejects with what the file system throws. */
const write = (path: string, text: string): Promise<void> => replaceFile(path, text, { modeFor: () => ownFile })

const newState = (): StoredSignIn => ({ version: 1, installationId: crypto.randomUUID(), sessions: [], invites: [] })

/** A damaged file is kept aside: every user signs in again. */
const readState = (path: string, log: Logger): StoredSignIn => {
  const text = readText(path)
  if (text === undefined) return newState()
  const stored = parseAs(isStored, text)
  if (stored !== undefined) return stored
  attempt(() => renameSync(path, `${path}.damaged`))
  log.warn('sign_in.damaged')
  return newState()
}

const prepareFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: ownFolder })
    // It may have been there before.
    chmodSync(folder, ownFolder)
  } catch (error) {
    throw cannot('use', folder, error)
  }
}

/** The running server, as the commands find it: its address on this machine, and the secret that it wants. */
export interface ServerFile {
  readonly url: string
  readonly admin: Secret
}

/** Undefined if no server of this user lets clients sign in. Throws UsageError for a file that cannot be read. */
export const readServerFile = (machine: Machine): ServerFile | undefined => {
  const paths = pathsIn(machine)
  const [server, admin] = [readText(paths.server), readText(paths.admin)]
  const found = server === undefined ? undefined : parseAs(isServer, server)
  return found === undefined || !admin ? undefined : { url: found.url, admin: new Secret(admin) }
}

export interface SignInFolder {
  readonly store: { read(): StoredSignIn; write(stored: StoredSignIn): Promise<void> }
  /** Of this run of the server. */
  readonly admin: Secret
  /** Lets the commands find the server. Rejects with UsageError. */
  publish(url: string): Promise<void>
  close(): Promise<void>
}

interface FolderOptions {
  readonly machine: Machine
  readonly log: Logger
  readonly pid: number
  /** For tests. */
  readonly times?: LockTimes
}

/** Opens the folder for this process alone. Rejects with UsageError, also while another server has it. */
export const openSignInFolder = async ({ machine, log, pid, times }: FolderOptions): Promise<SignInFolder> => {
  const paths = pathsIn(machine)
  prepareFolder(paths.folder)
  const last = parseAs(isServer, readText(paths.server) ?? '')
  const release = await holdLock(paths.sessions, { own: pid, last }, times)
  const secret = randomToken()
  try {
    const stored = readState(paths.sessions, log)
    // Also keeps the installation's id.
    await write(paths.sessions, JSON.stringify(stored))
    await write(paths.admin, secret)
    let current = stored
    let writing = Promise.resolve()
    return {
      store: {
        read: () => current,
        write(next) {
          current = next
          writing = write(paths.sessions, JSON.stringify(next))
          return writing
        },
      },
      admin: new Secret(secret),
      async publish(url) {
        await write(paths.server, JSON.stringify({ url, pid })).catch((error) => {
          throw cannot('write', paths.server, error)
        })
      },
      async close() {
        attempt(() => rmSync(paths.server, { force: true }))
        // The process may end after this. The caller of the write knows whether it failed.
        await writing.catch(() => {})
        await release()
      },
    }
  } catch (error) {
    await release()
    if (error instanceof UsageError) throw error
    throw cannot('write', paths.folder, error)
  }
}
