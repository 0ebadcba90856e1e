// Answers as the YAML extension does (redhat-developer/vscode-yaml, schema-extension-api.ts): the first contributor that names a
// schema for a resource wins. `schemaOf` is what a test asks.
exports.activate = () => {
  const contributors = new Map();
  return {
    registerContributor(scheme, requestSchema, requestContent) {
      if (contributors.has(scheme)) return false;
      contributors.set(scheme, { requestSchema, requestContent });
      return true;
    },
    schemaOf(resource) {
      for (const { requestSchema, requestContent } of contributors.values()) {
        const uri = requestSchema(resource);
        if (uri) return requestContent(uri);
      }
      return undefined;
    },
  };
};
