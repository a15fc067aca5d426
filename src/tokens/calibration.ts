import { setMostRecent } from '../base/lru.ts'
import type { Tokens } from './estimate/tally.ts'

/** A weighted mean of logarithms, so that half as much and twice as much cancel each other out. */
interface Ratios {
  readonly sum: number
  readonly weight: number
}

/** Bounds of the factor. A larger difference has another cause than the tokenizer. */
const smallestFactor = 0.7
const largestFactor = 1.6
/** A ratio outside these bounds is not from the same request. */
const smallestRatio = 0.4
const largestRatio = 2.5
/** Tokens of text with which a request has its full weight. A smaller request has a proportional weight. */
const fullTokens = 10_000
/** Shorter requests are mostly framing. */
const leastTokens = 200
/**
 * Limit for media and thinking, as a share of the text. Media estimates are rough, and only some models drop thinking:
 * above the limit their error would distort the factor.
 */
const mostUncertain = 0.1
/** Share of the past that remains after a request of full weight: about twenty requests make the factor. */
const memory = 0.9
/** The start: the estimate counts as half a request, so that the first response does not decide alone. */
const asEstimated: Ratios = { sum: 0, weight: 0.5 }
/** Limits the distance (a fifth) with which one request moves the factor. */
const longestStep = 0.2

const mean = ({ sum, weight }: Ratios): number => sum / weight

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

const factorOf = (ratios: Ratios): number => clamp(Math.exp(mean(ratios)), smallestFactor, largestFactor)

/** Whether a request tells us about the tokenizer. If false with the least media, it is also false with all media. */
export const isReliable = ({ text, thinking, media, unseen }: Tokens): boolean =>
  unseen === 0 && text >= leastTokens && thinking + media <= text * mostUncertain

/** Adds one request. Returns the same object if the request is not reliable. */
const withRequest = (ratios: Ratios, estimate: Tokens, actualTokens: number): Ratios => {
  const words = estimate.text + estimate.thinking
  const ratio = (actualTokens - estimate.media) / words
  if (!isReliable(estimate) || !(ratio >= smallestRatio && ratio <= largestRatio)) return ratios
  const weight = Math.min(words / fullTokens, 1)
  const known = mean(ratios)
  const seen = clamp(Math.log(ratio), known - longestStep, known + longestStep)
  const kept = memory ** weight
  return { sum: ratios.sum * kept + seen * weight, weight: ratios.weight * kept + weight }
}

/** Far more than any upstream has. Beyond it, the least recently used model is removed. */
const maximumModels = 32

/**
 * Corrects our estimates by the counts in a model's responses. Each model has only one factor, so that a count stays a
 * sum of its parts. It is learned from the uncorrected estimate. Kept in memory only: a stored factor could become
 * wrong.
 */
export const createCalibration = () => {
  const models = new Map<string, Ratios>()
  return {
    /** 1 for an unknown model. */
    factor: (modelId: string): number => factorOf(models.get(modelId) ?? asEstimated),
    observe(modelId: string, estimate: Tokens, actualTokens: number): void {
      const ratios = withRequest(models.get(modelId) ?? asEstimated, estimate, actualTokens)
      setMostRecent(models, modelId, ratios, maximumModels)
    },
  }
}
