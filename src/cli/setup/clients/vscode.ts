import { existsSync, readdirSync } from 'node:fs'
import { attempt } from '../../../base/attempt.ts'
import { UsageError } from '../../../base/usage-error.ts'
import type { Machine } from '../../../config/paths.ts'
import type { LaunchEnvironment } from '../../clients/shells.ts'
import type { ClientPlan, KeyEdit, SetupClient, SetupRequest } from '../client-plan.ts'
import { environmentOf } from './claude-code.ts'
import { inConfigHome, inHome, inRoaming, joined } from './client-folders.ts'

/** The Claude Code extension of VS Code, and of the editors that are made from it. */

const editors = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'] as const

const inConfig = (machine: Machine, ...names: readonly string[]): string => {
  if (machine.platform === 'win32') return inRoaming(machine, ...names)
  if (machine.platform === 'darwin') return inHome(machine, 'Library', 'Application Support', ...names)
  return inConfigHome(machine, ...names)
}

const userFolders = (machine: Machine): string[] => editors.map((editor) => inConfig(machine, editor, 'User'))

/** In WSL, or on a machine that an editor reaches by ssh. */
const serverFolder = (machine: Machine): string => inHome(machine, '.vscode-server', 'data', 'Machine')

const settingsIn = (machine: Machine, folders: readonly string[]): string[] =>
  folders.map((folder) => joined(machine, folder, 'settings.json'))

const files = (machine: Machine): string[] => settingsIn(machine, [...userFolders(machine), serverFolder(machine)])

/** Throws UsageError if no editor is installed. */
const installed = (machine: Machine): string[] => {
  const folders = [...userFolders(machine), serverFolder(machine)].filter((folder) => existsSync(folder))
  if (folders.length > 0) return settingsIn(machine, folders)
  throw new UsageError(
    `No VS Code, VSCodium, Cursor or Windsurf has settings in ${inConfig(machine)} or ${serverFolder(machine)}. Start the editor once, then run setup again.`,
  )
}

const variables = 'claudeCode.environmentVariables'
const proxyNames: readonly string[] = ['NO_PROXY', 'no_proxy']

const editsFor = ({ set }: LaunchEnvironment): KeyEdit[] => [
  ...Object.entries(set).map(([name, value]): KeyEdit => {
    const path = [variables, { by: 'name', is: name }, 'value'] as const
    return proxyNames.includes(name) ? { path, hosts: value.split(',') } : { path, value }
  }),
  { path: ['claudeCode.disableLoginPrompt'], value: true },
]

/** Profiles have settings of their own (SU-VS2). */
const profileNotes = (machine: Machine): string[] => {
  const found = userFolders(machine).flatMap((folder) => {
    const profiles = joined(machine, folder, 'profiles')
    const names = attempt(() => readdirSync(profiles)) ?? []
    return names.map((name) => joined(machine, profiles, name, 'settings.json')).filter((path) => existsSync(path))
  })
  return found.length === 0
    ? []
    : [`Profiles keep their own settings, which setup does not change: ${found.join(', ')}.`]
}

const folderNotes = ({ environment }: Machine): string[] =>
  environment['CLAUDE_CONFIG_DIR']
    ? ['The extension may ignore CLAUDE_CONFIG_DIR, and read the settings of Claude Code in your home folder.']
    : []

/** With a sign-in, the extension needs nothing but Claude Code's own settings. */
const plan = async (request: SetupRequest): Promise<ClientPlan> => {
  const { machine, isSignIn } = request
  const paths = installed(machine)
  const edits = isSignIn ? [] : editsFor(await environmentOf(request))
  return {
    files: isSignIn ? [] : paths.map((path) => ({ path, format: 'json', edits })),
    notes: [...profileNotes(machine), ...folderNotes(machine)],
    restart: 'Run "Developer: Reload Window" in the editor.',
    check: 'send a prompt in the Claude Code panel; the log of the server has its request',
  }
}

export const vsCodeSetup: SetupClient = {
  name: 'vscode',
  title: 'VS Code (Claude Code extension)',
  with: ['claude-code'],
  hasSignIn: true,
  files,
  plan,
}
