import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { PromptCancelled } from '../credentials/prompt-cancelled.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from './io.ts'

/** Of commands that change what cannot be restored. */
export const yesFlag: ArgsDef = {
  yes: { type: 'boolean', alias: 'y', description: 'Do not ask for confirmation' },
}

/**
 * Asks for a confirmation, with No as the answer of Enter. Rejects with UsageError without a terminal, and with
 * PromptCancelled.
 */
export const confirmed = async (question: string, flags: Flags, { prompts }: Io): Promise<boolean> => {
  if (flags['yes'] === true) return true
  if (prompts === undefined) {
    throw new UsageError('Cannot ask for confirmation: standard error is not a terminal, or CI is set. Pass --yes.')
  }
  const answer = await prompts.choose(question, [
    { value: 'no', label: 'no' },
    { value: 'yes', label: 'yes' },
  ])
  if (answer === undefined) throw new PromptCancelled()
  return answer === 'yes'
}
