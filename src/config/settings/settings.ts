import { accessSettings, drainSettings } from './access.ts'
import { anthropicSettings } from './anthropic.ts'
import { cacheSettings } from './cache.ts'
import { limitSettings } from './limits.ts'
import { bedrockSettings, nexusSettings } from './nexus.ts'
import { openAiSettings } from './openai.ts'
import { openAiEntranceSettings, streamSettings } from './openai-entrance.ts'
import { loggingSettings, reportSettings } from './operate.ts'
import { scalingSettings } from './scaling.ts'
import { searchSettings } from './search.ts'
import { clientSettings, corsSettings, listenSettings } from './server.ts'
import type { Setting } from './setting.ts'
import { signInSettings } from './sign-in.ts'
import { translationSettings } from './translation.ts'
import { callSettings, modelSettings, upstreamSettings } from './upstream.ts'
import { otelSettings, usageSettings } from './usage.ts'

/**
 * All settings, in the order of help and documentation. The command line, the type of the configuration, the file
 * reader and the documentation are made from this table, or tested against it.
 */
export const settings = [
  ...listenSettings,
  ...upstreamSettings,
  ...nexusSettings,
  ...openAiSettings,
  ...anthropicSettings,
  ...modelSettings,
  ...clientSettings,
  ...accessSettings,
  ...corsSettings,
  ...signInSettings,
  ...limitSettings,
  ...scalingSettings,
  ...openAiEntranceSettings,
  ...streamSettings,
  ...loggingSettings,
  ...reportSettings,
  ...usageSettings,
  ...otelSettings,
  ...drainSettings,
  ...callSettings,
  ...translationSettings,
  ...searchSettings,
  ...cacheSettings,
  ...bedrockSettings,
] as const satisfies readonly Setting[]

export type SettingKey = (typeof settings)[number]['key']
