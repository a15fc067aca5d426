import type { TextFormatName } from './client-plan.ts'
import type { TextFormat } from './text-format.ts'

const loaders: Readonly<Record<TextFormatName, () => Promise<TextFormat>>> = {
  json: async () => (await import('./json-format.ts')).jsonFormat,
  yaml: async () => (await import('./yaml-format.ts')).yamlFormat,
}

/** Loads the parser of a format on first use. */
export const textFormat = (name: TextFormatName): Promise<TextFormat> => loaders[name]()
