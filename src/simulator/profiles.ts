import type { SimulatedModel } from './models.ts'

/** Three kinds of AI Nexus, which differ in what they refuse. */

/**
 * `lenient` accepts what AWS's service model accepts, `strict` has the rules of Bedrock and of its models, too, `poor`
 * also refuses optional features, as an old or restricted installation does.
 */
export const nexusProfiles = ['lenient', 'strict', 'poor'] as const
export type NexusProfile = (typeof nexusProfiles)[number]

/** The models of a poor Nexus have the oldest set of features. */
export const withoutFeatures = (model: SimulatedModel): SimulatedModel => ({
  ...model,
  thinking: model.thinking.filter((type) => type !== 'adaptive'),
  effort: [],
  betas: [],
  cacheLifetimes: [],
  structuredOutput: false,
  imagesInResults: false,
})
