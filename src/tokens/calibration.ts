import { setMostRecent } from '../base/lru.ts'
import type { Tokens } from './estimate/tally.ts'

/** A weighted mean of logarithms: half as much and twice as much outweigh each other. */
interface Ratios {
  readonly sum: number
  readonly weight: number
}

/** Bounds of the factor: beyond them it is not the tokenizer that differs. */
const smallestFactor = 0.7
const largestFactor = 1.6
/** Ratios outside of these are no counts of the same request. */
const smallestRatio = 0.4
const largestRatio = 2.5
/** Tokens of text from which on a request counts in full; a smaller one by its share of it. */
const fullTokens = 10_000
/** Shorter ones are framing more than text. */
const leastTokens = 200
/**
 * Pictures and pages, whose estimate is rougher, and thinking, which some models drop and some do not:
 * above this share of the text they would be taken for the tokenizer.
 */
const mostUncertain = 0.1
/** What is left of the past after a request that counts in full: some twenty of them make the factor. */
const memory = 0.9
/** The estimate itself, taken for half a request: the first answer alone does not decide. */
const asEstimated: Ratios = { sum: 0, weight: 0.5 }
/** One request moves the factor as if it were at most this far away (a fifth), however far it is. */
const longestStep = 0.2

const mean = ({ sum, weight }: Ratios): number => sum / weight

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

const factorOf = (ratios: Ratios): number => clamp(Math.exp(mean(ratios)), smallestFactor, largestFactor)

/** Whether an answer says something of the tokenizer. What it says no to with the least media, it does with all. */
export const isReliable = ({ text, thinking, media, unseen }: Tokens): boolean =>
  unseen === 0 && text >= leastTokens && thinking + media <= text * mostUncertain

/** What is known after one more request. The same object where it teaches nothing. */
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

/** Far more than any upstream has; the one that was quiet for longest gives way. */
const maximumModels = 32

/**
 * What a model's own counts teach about our estimates: by how much its text is dearer or cheaper. A
 * factor for each model and nothing else, so that a count stays a sum of its parts. It is learnt from
 * the bare estimate, never from one that was corrected already.
 * Lives as long as the process: a file of it would be one more thing that can be wrong.
 */
export const createCalibration = () => {
  const models = new Map<string, Ratios>()
  return {
    /** 1 for a model of which nothing is known. */
    factor: (modelId: string): number => factorOf(models.get(modelId) ?? asEstimated),
    observe(modelId: string, estimate: Tokens, actualTokens: number): void {
      const ratios = withRequest(models.get(modelId) ?? asEstimated, estimate, actualTokens)
      setMostRecent(models, modelId, ratios, maximumModels)
    },
  }
}
