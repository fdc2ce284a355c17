// Runs NCT04762485.cql on patients' Bundles with cql-execution.
//
//     node execute.mjs CODES AS_OF [remembering]
//
// Reads the names of files from standard input, one a line: one Bundle a line each. Answers each with one line of JSON:
// the CPU seconds that parsing and executing took, and each patient's criteria. Compiling the CQL is not counted.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  CqlCompilerOptions,
  CqlTranslator,
  LibraryManager,
  ModelManager,
  createLibrarySourceProvider,
  createModelInfoProvider,
  createUcumService,
  stringAsSource,
} from "@cqframework/cql/cql-to-elm";
import execution from "cql-execution";
import fhir from "cql-exec-fhir";

const folder = new URL(".", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), "utf8");

const MODELS = {
  System: "system-modelinfo.xml",
  FHIR: "node_modules/cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml",
};

function compile(text, manager) {
  const elm = JSON.parse(CqlTranslator.fromText(text, manager).toJson());
  const errors = (elm.library.annotation ?? []).filter((note) => note.errorSeverity === "error");
  if (errors.length > 0) {
    throw new Error(errors.map((note) => `${note.startLine}:${note.startChar}: ${note.message}`).join("\n"));
  }
  return elm;
}

// The CQL converts no units at compile time.
function unsupported() {
  throw new Error("units are not converted here");
}

function library() {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((name) => (MODELS[name] ? stringAsSource(read(MODELS[name])) : undefined)),
  );
  const units = createUcumService(unsupported, () => null, unsupported, unsupported);
  const options = new CqlCompilerOptions(); // without annotations and locators, which cost time at every step
  const manager = new LibraryManager(models, options, undefined, units);
  const sources = { FHIRHelpers: read("FHIRHelpers.cql") };
  manager.librarySourceLoader.registerProvider(
    createLibrarySourceProvider((name) => (sources[name] ? stringAsSource(sources[name]) : undefined)),
  );
  const helpers = new execution.Repository({ FHIRHelpers: compile(sources.FHIRHelpers, manager) });
  return new execution.Library(compile(read("NCT04762485.cql"), manager), helpers);
}

const [valueSets, asOf, remembering] = process.argv.slice(2);
const { codes, words } = JSON.parse(readFileSync(valueSets, "utf8"));
const executor = new execution.Executor(library(), new execution.CodeService(codes), words);
const [year, month, day] = asOf.split("-").map(Number);
const now = new execution.DateTime(year, month, day, 23, 59, 59, 0, 0);
const source = fhir.PatientSource.FHIRv401();
if (remembering === "remembering") remember(source);

// As it comes, cql-exec-fhir wraps a patient's resources, and reads their codes, anew at each retrieve.
function remember(patients) {
  const currentPatient = patients.currentPatient.bind(patients);
  patients.currentPatient = () => {
    const patient = currentPatient();
    if (patient !== undefined) {
      patient.findRecords = remembered(patient.findRecords.bind(patient), (records) => {
        for (const record of records) record.getCode = remembered(record.getCode.bind(record));
        return records;
      });
    }
    return patient;
  };
}

function remembered(find, prepared = (value) => value) {
  const known = new Map();
  return (key, ...others) => {
    if (!known.has(key)) known.set(key, prepared(find(key, ...others)));
    return known.get(key);
  };
}

async function screened(line) {
  source.loadBundles([JSON.parse(line)]);
  const found = await executor.exec_expression("Criteria", source, now);
  source.reset();
  return Object.values(found.patientResults)[0].Criteria;
}

for await (const name of createInterface({ input: process.stdin })) {
  const lines = readFileSync(name, "utf8").split("\n").filter(Boolean);
  const patients = [];
  const began = process.cpuUsage();
  for (const line of lines) patients.push(await screened(line));
  const used = process.cpuUsage(began);
  process.stdout.write(JSON.stringify({ seconds: (used.user + used.system) / 1e6, patients }) + "\n");
}
