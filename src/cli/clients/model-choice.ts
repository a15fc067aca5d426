import { parseModelName } from '../../messages/model-name.ts'
import type { ChosenModels } from '../config/set-up.ts'

/** Whether the user named the main model for this run. A model in the configuration file is a default. */
export const isModelGiven = ({ loaded: { config, sources }, models }: ChosenModels): boolean =>
  ['--model', 'NEXUS_MODEL'].includes(sources.get('model') ?? '') &&
  // A server's own name says what the families stand for, and not which one a client starts with.
  (!models.takesAnyName || models.keepsNames === true || parseModelName(config.model) !== undefined)
