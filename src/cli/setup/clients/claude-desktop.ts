import { existsSync } from 'node:fs'
import { UsageError } from '../../../base/usage-error.ts'
import type { Machine } from '../../../config/paths.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import { preflightKey, skipsPreflight } from '../../claude-code/web-tools.ts'
import { offeredModels } from '../../clients/offered-models.ts'
import type { FileChange, KeyEdit, SetupClient, SetupRequest } from '../client-plan.ts'
import { desktopManagedPath, isDesktopRunning } from './claude-desktop-system.ts'
import { inConfigHome, inHome, inLocal, inRoaming, joined } from './client-folders.ts'
import { tokenEdit, tokenNote } from './written-token.ts'

const title = 'Claude Desktop'

/** Always the same, so that a second setup changes our profile and not another one. */
const profileId = '5d0c0f3e-6e78-4b0e-9d3b-7a1f4c2e9b60'
const profileName = 'AI Nexus'

/** Folders of the application's data. On Windows, sources disagree: those that exist, or the usual one. */
const baseFolders = (machine: Machine): readonly string[] => {
  if (machine.platform === 'darwin') return [inHome(machine, 'Library', 'Application Support')]
  if (machine.platform !== 'win32') return [inConfigHome(machine)]
  const usual = inLocal(machine)
  const hasDesktop = (base: string): boolean =>
    ['Claude', 'Claude-3p'].some((name) => existsSync(joined(machine, base, name)))
  const found = [usual, inRoaming(machine)].filter(hasDesktop)
  return found.length === 0 ? [usual] : found
}

const library = (machine: Machine, base: string, name: string): string =>
  joined(machine, base, 'Claude-3p', 'configLibrary', name)

const configs = (machine: Machine, base: string): readonly string[] =>
  ['Claude-3p', 'Claude'].map((name) => joined(machine, base, name, 'claude_desktop_config.json'))

/** `inferenceGatewayManagedClaudeCode` stays as it is: it would hide web search (SU-CD3). */
const profileEdits = (request: SetupRequest): KeyEdit[] => {
  const { setUp, url } = request
  const names = offeredModels(setUp).map(clientNameOf)
  return [
    { path: ['inferenceProvider'], value: 'gateway' },
    { path: ['inferenceGatewayBaseUrl'], value: url },
    { path: ['inferenceCredentialKind'], value: 'static' },
    tokenEdit(['inferenceGatewayApiKey'], request),
    { path: ['inferenceGatewayAuthScheme'], value: 'bearer' },
    { path: ['inferenceModels'], value: names },
    { path: ['modelDiscoveryEnabled'], value: false },
    ...(skipsPreflight(setUp.loaded.config) ? [{ path: [preflightKey], value: true }] : []),
  ]
}

const filesFor = (request: SetupRequest, base: string): FileChange[] => {
  const { machine } = request
  const entry = { id: profileId, name: profileName }
  const deployment: KeyEdit = { path: ['deploymentMode'], value: '3p' }
  return [
    { path: library(machine, base, `${profileId}.json`), format: 'json', edits: profileEdits(request) },
    {
      path: library(machine, base, '_meta.json'),
      format: 'json',
      edits: [
        { path: ['entries', { by: 'id', is: profileId }], value: entry },
        { path: ['appliedId'], value: profileId },
      ],
    },
    ...configs(machine, base).map((path): FileChange => ({ path, format: 'json', edits: [deployment] })),
  ]
}

export const claudeDesktopSetup: SetupClient = {
  name: 'claude-desktop',
  title,
  files: (machine) => baseFolders(machine).map((base) => library(machine, base, `${profileId}.json`)),
  async plan(request) {
    const { machine } = request
    const managed = await desktopManagedPath(machine)
    if (managed !== undefined)
      throw new UsageError(
        `${managed} configures ${title}, and wins over this setup. Ask your administrator to set the gateway there.`,
      )
    const isRunning = await isDesktopRunning(machine)
    return {
      files: baseFolders(machine).flatMap((base) => filesFor(request, base)),
      notes: [
        ...tokenNote(request),
        isRunning
          ? `${title} is running: quit it first. It writes its files when it ends.`
          : `Keep ${title} closed until the files are written.`,
        'The tools of Cowork reach no host unless you allow it: coworkEgressAllowedHosts, in the settings of the app.',
      ],
      restart: `Start ${title}.`,
      check: `In ${title}, send a message in a new chat.`,
    }
  },
  undone: () => [`Quit ${title}, and start it again.`],
}
