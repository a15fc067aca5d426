import type { Face } from './face.ts'
import type { FaceName } from './face-name.ts'
import { hostedFaces } from './hosted-faces.ts'
import { localFaces } from './local-faces.ts'
import { newest, strict } from './openai-faces.ts'

/** A row for each server that the simulator can imitate. */
export const faces: Readonly<Record<FaceName, Face>> = { strict, 'gpt-5.6': newest, ...hostedFaces, ...localFaces }
