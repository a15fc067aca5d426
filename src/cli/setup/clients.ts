import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { SetupClient } from './client-plan.ts'
import { claudeCodeSetup } from './clients/claude-code.ts'
import { claudeDesktopSetup } from './clients/claude-desktop.ts'
import { codexSetup } from './clients/codex.ts'
import { continueSetup } from './clients/continue.ts'
import { cursorSetup } from './clients/cursor.ts'
import { jetBrainsSetup } from './clients/jetbrains.ts'
import { openCodeSetup } from './clients/opencode.ts'
import { clineSetup, rooSetup } from './clients/typed-fields.ts'
import { vsCodeSetup } from './clients/vscode.ts'
import { zedSetup } from './clients/zed.ts'

/** The clients that setup knows. A new one needs its file, and a line here. */
const setupClients: readonly SetupClient[] = [
  claudeCodeSetup,
  vsCodeSetup,
  claudeDesktopSetup,
  codexSetup,
  openCodeSetup,
  zedSetup,
  jetBrainsSetup,
  clineSetup,
  rooSetup,
  continueSetup,
  cursorSetup,
]

export const setupClientNames: readonly string[] = setupClients.map(({ name }) => name)

export const allSetupClients = (): readonly SetupClient[] => setupClients

/** Throws UsageError with the nearest name and the list (SU-16). */
export const setupClientNamed = (name: string): SetupClient => {
  const found = setupClients.find((client) => client.name === name)
  if (found !== undefined) return found
  throw new UsageError(
    `Unknown client${printableName(name)}.${didYouMean(name, setupClientNames)} Use one of ${setupClientNames.join(', ')}.`,
  )
}
