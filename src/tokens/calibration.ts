import type { Estimate as WholeEstimate } from './estimate.ts'

type Estimate = Pick<WholeEstimate, 'text' | 'media'>

/**
 * What a model's own counts teach about our estimates: by how much its text is dearer or cheaper. A
 * factor for each model and nothing else, so that a count stays a sum of its parts. It is learnt from
 * the bare estimate, never from one that was corrected already.
 */
export interface Calibration {
  /** 1 for a model of which nothing is known. */
  factor(modelId: string): number
  observe(modelId: string, estimate: Estimate, actualTokens: number): void
}

/** A weighted mean of logarithms: half as much and twice as much outweigh each other. */
interface Learnt {
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
/** Share of pictures and pages, whose estimate is rougher, above which a request teaches nothing. */
const mostMedia = 0.1
/** What is left of the past after a request that counts in full: some twenty of them make the factor. */
const memory = 0.9
/** The estimate itself, taken for half a request: the first answer alone does not decide. */
const unlearnt: Learnt = { sum: 0, weight: 0.5 }
/** One request moves the factor as if it were at most this far away (a fifth), however far it is. */
const longestStep = 0.2

const mean = ({ sum, weight }: Learnt): number => sum / weight

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

const factorOf = (learnt: Learnt): number => clamp(Math.exp(mean(learnt)), smallestFactor, largestFactor)

/** What is known after one more request. The same object where it teaches nothing. */
const learn = (learnt: Learnt, { text, media }: Estimate, actualTokens: number): Learnt => {
  const ratio = (actualTokens - media) / text
  const teaches = text >= leastTokens && media <= text * mostMedia && ratio >= smallestRatio && ratio <= largestRatio
  if (!teaches) return learnt
  const weight = Math.min(text / fullTokens, 1)
  const known = mean(learnt)
  const seen = clamp(Math.log(ratio), known - longestStep, known + longestStep)
  const kept = memory ** weight
  return { sum: learnt.sum * kept + seen * weight, weight: learnt.weight * kept + weight }
}

/** Far more than any upstream has; the one that was quiet for longest gives way. */
const maximumModels = 32

/** Lives as long as the process: a file of it would be one more thing that can be wrong. */
export const createCalibration = (): Calibration => {
  const models = new Map<string, Learnt>()
  return {
    factor: (modelId) => factorOf(models.get(modelId) ?? unlearnt),
    observe(modelId, estimate, actualTokens) {
      const learnt = learn(models.get(modelId) ?? unlearnt, estimate, actualTokens)
      models.delete(modelId)
      models.set(modelId, learnt)
      const [oldest] = models.keys()
      if (models.size > maximumModels && oldest !== undefined) models.delete(oldest)
    },
  }
}
