import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'

/** Finds out whether other people can log in to this machine (SI-S6). Accounts of services do not count. */

export interface UserSources {
  /** The id of the user that runs this program; undefined on Windows. */
  readonly userId: number | undefined
  /** The content of /etc/passwd; undefined without it. */
  readonly accounts: () => string | undefined
  readonly exists: (path: string) => boolean
  readonly namesIn: (folder: string) => readonly string[]
}

const systemUsers: UserSources = {
  userId: process.getuid?.(),
  accounts: () => attempt(() => readFileSync('/etc/passwd', 'utf8')),
  exists: existsSync,
  namesIn: (folder) => attempt(() => readdirSync(folder)) ?? [],
}

/** Distributions give these ids to people: those below are of services, those above of the system and of containers. */
const [firstPerson, lastPerson] = [1000, 59_999]
const noLogin = /\/(?:nologin|false|sync|shutdown|halt)$/
/** Container engines write these. The accounts of an image have no user. */
const containerMarks = ['/.dockerenv', '/run/.containerenv']

/** Knows the accounts of this machine only, not those of a directory service. */
const onLinux = ({ userId, accounts, exists }: UserSources): boolean => {
  if (containerMarks.some(exists)) return false
  return (accounts() ?? '').split('\n').some((line) => {
    const [, , id = '', , , home = '', shell = ''] = line.split(':')
    const number = Number(id)
    if (id === '' || number === userId || number < firstPerson || number > lastPerson) return false
    return shell !== '' && !noLogin.test(shell) && exists(home)
  })
}

/** Folders next to that of a user which belong to no user. */
const notUsers =
  /^(?:\..*|shared|guest|public|default|default user|all users|desktop\.ini|defaultapppool|wdagutilityaccount)$/i

const byHomes = ({ home, platform }: Machine, { namesIn }: UserSources): boolean => {
  const { dirname, basename } = platform === 'win32' ? win32 : posix
  const folder = platform === 'win32' ? dirname(home) : '/Users'
  return namesIn(folder).some((name) => name !== basename(home) && !notUsers.test(name))
}

export const hasOtherUsers = (machine: Machine, sources = systemUsers): boolean =>
  machine.platform === 'linux' ? onLinux(sources) : byHomes(machine, sources)
