import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { SetupClient } from './client-plan.ts'
import { claudeCodeSetup } from './clients/claude-code.ts'

/** The clients that setup knows. A new one needs its file, and a line here. */
const setupClients: readonly SetupClient[] = [claudeCodeSetup]

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
