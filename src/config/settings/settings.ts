import { bedrockSettings, nexusSettings } from './nexus.ts'
import { loggingSettings } from './operate.ts'
import { clientSettings, listenSettings } from './server.ts'
import type { Setting } from './setting.ts'
import { translationSettings } from './translation.ts'
import { callSettings, modelSettings, upstreamSettings } from './upstream.ts'

/**
 * All settings, in the order of help and documentation. The command line, the type of the configuration, the file
 * reader and the documentation are made from this table, or tested against it.
 */
export const settings = [
  ...listenSettings,
  ...upstreamSettings,
  ...nexusSettings,
  ...modelSettings,
  ...clientSettings,
  ...loggingSettings,
  ...callSettings,
  ...translationSettings,
  ...bedrockSettings,
] as const satisfies readonly Setting[]

export type SettingKey = (typeof settings)[number]['key']
