export { loadArtifact, MAX_ARTIFACT_BYTES, saveArtifact } from './artifacts.ts';
export {
  type ApplyRequest,
  applyDefinitions,
  currentDefinitions,
  type DefinitionSet,
  definitionsByHash,
  listProjects,
  requireProject,
} from './definitions.ts';
export { insertModelVersion, type NewModelVersion, registerModelVersion } from './register-version.ts';
export { allowedMoves, mayTransition } from './stages.ts';
export { type TransitionRequest, transitionStage } from './transition-stage.ts';
export {
  getVersion,
  listProduction,
  listVersions,
  type ModelVersionDetail,
  type ModelVersionSummary,
  type ProductionModel,
  productionModel,
} from './versions.ts';
export { type RegistryChange, type RegistryWatch, watchRegistry } from './watch-registry.ts';
