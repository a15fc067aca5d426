import type { Machine } from '../../config/paths.ts'
import { settingsFiles } from './settings-files.ts'

/** The model that Claude Code's settings name: what /model saves. */
export interface SettingsModel {
  readonly name: string
  readonly path: string
}

/** From the strongest file; undefined if no file names a model. */
export const settingsModel = (machine: Machine): SettingsModel | undefined => {
  for (const { path, settings } of settingsFiles(machine)) {
    const name = settings?.['model']
    if (typeof name === 'string' && name.trim() !== '') return { name: name.trim(), path }
  }
  return undefined
}
