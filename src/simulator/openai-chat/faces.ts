import type { Face } from './face.ts'
import { hostedFaces } from './hosted-faces.ts'
import { localFaces } from './local-faces.ts'
import { newest, strict } from './openai-faces.ts'

const named = { strict, 'gpt-5.6': newest, ...hostedFaces, ...localFaces }

export type FaceName = keyof typeof named

/** Every server that the simulator can be. */
export const faces: Readonly<Record<FaceName, Face>> = named
