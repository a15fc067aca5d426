import { isLoggableModel } from '../../base/loggable-name.ts'
import { parseModelName } from '../../messages/model-name.ts'
import { clientNameOf, type ModelResolver } from '../../models/resolver.ts'
import { settingsVariables } from '../claude-code/claude-settings.ts'
import { fixedModel } from '../claude-code/launch/environment.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import { settingsModel } from '../claude-code/settings-model.ts'
import { isModelGiven } from '../clients/model-choice.ts'
import { allModels } from '../config/set-up.ts'
import { type Finding, info, ok, skip } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'

/** Shows only names of models, never other text from the user's settings. */
const shown = (name: string, { keepsNames }: ModelResolver): string => {
  if (keepsNames) return parseModelName(name) !== undefined && isLoggableModel(name) ? name : 'another name'
  const found = allModels.find(name)
  return found === undefined ? 'another name' : clientNameOf(found.model) + found.contextSuffix
}

/** Reports which model a new session of Claude Code starts with, and which file or flag decides. */
export const modelFinding = ({ io: { machine }, setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(fixConfigurationFirst)
  const variable = settingsVariables(settingsFiles(machine)).find(({ name }) => name === fixedModel)
  if (variable !== undefined)
    return info(`${shown(variable.value, setUp.models)}: env.${fixedModel} in ${variable.path} applies`, {
      from: variable.path,
    })
  const main = clientNameOf(setUp.model.model) + setUp.model.contextSuffix
  const source = setUp.loaded.sources.get('model') ?? 'default'
  const settings = settingsModel(machine)
  if (isModelGiven(setUp)) {
    const ignored = settings === undefined ? '' : `; model in ${settings.path} is ignored`
    return info(`${main}: ${source} applies, and a choice with /model does not last${ignored}`, { from: source })
  }
  if (settings !== undefined)
    return ok(`${shown(settings.name, setUp.models)}: model in ${settings.path} applies (saved by /model)`, {
      from: settings.path,
    })
  if (setUp.models.keepsNames && source === 'default') return ok("Claude Code's own default", { from: source })
  return ok(`${main}, until you choose another with /model`, { from: source })
}
