import { clientSpelling } from '../../models/resolver.ts'
import { settingsVariables } from '../claude-code/claude-settings.ts'
import { fixedModel } from '../claude-code/launch/environment.ts'
import { isModelGiven } from '../claude-code/launch/launch.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import { settingsModel } from '../claude-code/settings-model.ts'
import { allModels } from '../config/set-up.ts'
import { type Finding, info, ok, skip } from './check.ts'
import { configurationIsAtFault, type DoctorContext } from './context.ts'

/** A name of a model, and never another text of the user's. */
const shown = (name: string): string => {
  const found = allModels.find(name)
  return found === undefined ? 'another name' : clientSpelling(found.model.id) + found.contextSuffix
}

/** Says which model a new session of Claude Code starts with, and which file or flag decides. */
export const modelFinding = ({ io: { machine }, setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(configurationIsAtFault)
  const variable = settingsVariables(settingsFiles(machine)).find(({ name }) => name === fixedModel)
  if (variable !== undefined)
    return info(`${shown(variable.value)}: env.${fixedModel} in ${variable.path} is in force`, { from: variable.path })
  const main = clientSpelling(setUp.model.model.id) + setUp.model.contextSuffix
  const source = setUp.loaded.sources.get('model') ?? 'default'
  const settings = settingsModel(machine)
  if (isModelGiven(setUp.loaded)) {
    const ignored = settings === undefined ? '' : `; model in ${settings.path} is ignored`
    return info(`${main}: ${source} is in force, and a pick with /model does not last${ignored}`, { from: source })
  }
  if (settings !== undefined)
    return ok(`${shown(settings.name)}: model in ${settings.path} is in force (what /model saves)`, {
      from: settings.path,
    })
  return ok(`${main}, until you pick another with /model`, { from: source })
}
