import { existsSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { attempt } from '../../../base/attempt.ts'
import type { Machine } from '../../../config/paths.ts'
import { outputOf } from '../../system/run-program.ts'

/** What this machine knows about Claude Desktop: a company's configuration, and whether it runs. */

/** Short, because the user waits. */
const deadline = { deadlineMs: 1500 }

/** Resolves to undefined if the program does not exist, or fails. */
type Run = (command: readonly string[]) => Promise<string | undefined>

const run: Run = (command) => outputOf(command, deadline)

const preferences = 'com.anthropic.claudefordesktop.plist'
const policies = [String.raw`HKLM\SOFTWARE\Policies\Claude`, String.raw`HKCU\SOFTWARE\Policies\Claude`]

const managedPlaces = (platform: string, user: string): readonly string[] =>
  platform === 'darwin'
    ? [`/Library/Managed Preferences/${user}/${preferences}`, `/Library/Managed Preferences/${preferences}`]
    : ['/etc/claude-desktop']

/** A folder counts only with files in it. */
const hasContent = (path: string): boolean =>
  existsSync(path) && (attempt(() => readdirSync(path)) ?? [path]).length > 0

/** The file, folder or registry key of a company's configuration of Desktop; undefined without one. */
export const desktopManagedPath = async (
  { platform }: Pick<Machine, 'platform'>,
  { query = run, has = hasContent }: { readonly query?: Run; readonly has?: (path: string) => boolean } = {},
): Promise<string | undefined> => {
  if (platform !== 'win32') return managedPlaces(platform, attempt(() => userInfo().username) ?? '').find(has)
  for (const key of policies) if ((await query(['reg', 'query', key])) !== undefined) return key
  return undefined
}

const windowsList = ['tasklist', '/FI', 'WINDOWTITLE eq Claude', '/FO', 'CSV', '/NH']

/** Not every program whose name is `claude`: Claude Code has that name, too. */
const isDesktop = (name: string): boolean =>
  name.endsWith('/Claude.app/Contents/MacOS/Claude') || /(?:^|\/)claude-desktop$/.test(name)

/** False also if the system does not list its programs. */
export const isDesktopRunning = async ({ platform }: Pick<Machine, 'platform'>, list: Run = run): Promise<boolean> => {
  if (platform === 'win32') return /^"claude\.exe","\d+"/im.test((await list(windowsList)) ?? '')
  const names = (await list(['ps', '-A', '-o', 'comm='])) ?? ''
  return names.split('\n').some((name) => isDesktop(name.trim()))
}
