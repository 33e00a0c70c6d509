// The modules scripts import by name (`k6`, `k6/http` …): each makes one object per VU, whose own properties
// are the module's named exports and which is its default export as well. `BuiltinModules` in Modules/ lists
// them; the loader turns the object into a module when a script first imports it.

import CQuickJS

struct BuiltinModule: Sendable {
    let name: String
    /// Makes the module's object in a VU. On failure: an exception.
    let make: @Sendable (_ ctx: JSContextRef) -> JSValue
    /// Whether the object itself is the default export (k6's modules); else only its properties are exported.
    let hasDefault: Bool

    init(
        _ name: String, hasDefault: Bool = true, make: @escaping @Sendable (_ ctx: JSContextRef) -> JSValue
    ) {
        self.name = name
        self.hasDefault = hasDefault
        self.make = make
    }
}
