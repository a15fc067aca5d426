import { memoize } from '../../base/memoize.ts'
import { compareVersions, parseModelName } from '../../messages/model-name.ts'

/**
 * The shortest prompts that Bedrock caches, in tokens.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
const usualMinimum = 1024
const laterMinimum = 4096
const later = { major: 4, minor: 5 }

const findMinimum = (modelId: string): number => {
  const { family, version = later } = parseModelName(modelId) ?? {}
  const isLater = (family === 'opus' || family === 'haiku') && compareVersions(later, version) <= 0
  return isLater ? laterMinimum : usualMinimum
}

/** Of the model with an id of the upstream. To parse an id costs as much as a short translation. */
export const cacheMinimumOf = memoize(findMinimum)
