export { loadArtifact, sha256, storeArtifact } from './artifacts.ts';
export {
  type Applied,
  applyDefinitions,
  currentDefinitions,
  type DefinitionSet,
  definitionsByHash,
  listProjects,
} from './definitions.ts';
export { mayTransition, roleForMove, transitionStage } from './stages.ts';
export {
  getVersion,
  listVersions,
  type ModelVersion,
  productionModel,
  productionModels,
  registerIn,
  registerModelVersion,
  type Transition,
} from './versions.ts';
export { watchRegistry } from './watch.ts';
