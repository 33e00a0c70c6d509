// What gjson paths find in a document. Every expected value is what real k6 v1.1.0 gave for
// `res.json(path)`; an empty one means undefined.

import Testing

@Suite struct GJSONMoreTests {
    @Test func literalsThatAreNoJSON() {
        #expect(GJSONDocuments.find("!nan", in: "[]") == "NaN")
        #expect(GJSONDocuments.find("!inf", in: "[]") == "Infinity")
    }

    /// A document nested deeper than is walked by recursion.
    @Test(arguments: ["@dig:#", "@flatten:{\"deep\":true}", "@pretty", "@reverse", "0.0.0.@ugly"])
    func depth(path: String) {
        let deep = String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000)
        #expect(GJSONDocuments.isFound(path, in: deep))
    }

    @Test(arguments: GJSONDocuments.cases(Self.mixedCases))
    func mixed(path: String, expected: String) {
        let found = GJSONDocuments.find(path, in: GJSONDocuments.mixed)
        #expect(found == (expected.isEmpty ? "" : GJSONDocuments.sorted(expected)))
    }

    @Test(arguments: GJSONDocuments.cases(Self.valuesCases))
    func values(path: String, expected: String) {
        let found = GJSONDocuments.find(path, in: GJSONDocuments.values)
        #expect(found == (expected.isEmpty ? "" : GJSONDocuments.sorted(expected)))
    }

    @Test(arguments: GJSONDocuments.cases(Self.nestedCases))
    func nested(path: String, expected: String) {
        let found = GJSONDocuments.find(path, in: GJSONDocuments.nested)
        #expect(found == (expected.isEmpty ? "" : GJSONDocuments.sorted(expected)))
    }

    private static let mixedCases = ##"""
        0 → 1
        # → 18
        name.@keys → []
        name.@values → []
        children.@keys → []
        children.@values → []
        age.@keys → []
        age.@values → []
        n.@keys → []
        missing.@keys → []
        missing.@values → []
        missing.@tostr → ""
        name.@tostr → ""
        str.@tostr → ""
        name.@ugly.@tostr → ""
        friends.@ugly.@tostr → ""
        {name.first,age} → {}
        [name.first,age] → []
        {name.first,age,"the":friends.#(last="Murphy")#.first} → {}
        {"x":age,"y":{"z":name.first}} → {"y":{}}
        {x:age} → {}
        {"x\"y":age} → {}
        {name.@this} → {}
        {friends.#} → {}
        {friends.#.age} → {}
        {missing,age} → {}
        [missing,age] → []
        {} → {}
        [] → []
        {,} → {}
        [age,t,n,f,str].# → 0
        {age,n} → {}
        {a\*b} → {}
        {fav\.movie} → {}
        friends.{first} → {}
        name.{first,last} → {}
        name.[first,last] → []
        {"k":!"v","n":!5} → {"k":"v","n":5}
        {"k":!true} → {"k":true}
        @dig:first → []
        @dig:a → [1,2,"2"]
        @dig:x → []
        friends.@dig:age → []
        @dig → []
        @join → {"a":"2","b":{"c":"e"}}
        ..# → 1
        ..#.age → []
        @keys.# → 18
        @values.# → 18
        1 → 2.5
        2 → "three"
        3 → null
        6.1 → 2
        7.b.c → "d"
        8 → {"a":2,"b":{"c":"e"}}
        7 → {"a":1,"b":{"c":"d"}}
        #.a → [1,2,"2"]
        #.b.c → ["d","e"]
        #(a==2).b → {"c":"e"}
        #(a>=1)#.a → [1,2,"2"]
        #(==1) → 1
        #(>0)# → [1,2.5,"three","true","T","F","{\"a\":1}"]
        #(=="three") → "three"
        #(==true) → true
        #(!=1)# → [2.5,"three",true,false,"","true","0","T","F","{\"a\":1}"]
        #(<3)# → [1,2.5,"","0"]
        #(%"*")# → ["three","","true","0","T","F","{\"a\":1}"]
        #(==~true)# → [1,2.5,true,"true","T"]
        #(==~null)# → [null,[1,2,3],{"a":1,"b":{"c":"d"}},{"a":2,"b":{"c":"e"}},{"a":"2"},[],{}]
        #(==~*)# → [1,2.5,"three",null,true,false,"","true","0","T","F","{\"a\":1}"]
        6.# → 3
        6.@reverse → [3,2,1]
        @join.a → "2"
        #(b.c=="d").a → 1
        {a} → {}
        @keys.0 → null
        0.@tostr → "1"
        missing|!"x" → "x"
        missing|@keys → []
        {name|first,age} → {}
        @dig:#(first="Jane").age → []
        @dig:nets.#(="fb")|# → 0
        @flatten|0 → 1
        @join|@keys → ["a","b"]
        {"a":!1}|a → 1
        [!1,!"q"] → [1,"q"]
        {"a:b":age} → {}
        {"a":name.@pretty:{"sortKeys":true},age} → {}
        {@this:x,age} → {}
        {name.@this:first,"x":age} → {}
        {"x":name.{first,"y":last}} → {"x":{}}
        {"x":[age,{"z":age}]} → {"x":[{}]}
        {"a,b":age,t} → {}
        {name.{first}} → {"_":{}}
        {name.[first]} → {"_":[]}
        {"":age} → {}
        {name.first,name.first} → {}
        {children.#(="Alex")} → {}
        [friends.#(last="Murphy")#.first,age] → []
        """##

    private static let valuesCases = ##"""
        name.@keys → []
        name.@values → []
        children.@keys → []
        children.@values → []
        age.@keys → []
        age.@values → []
        n.@keys → []
        missing.@keys → []
        missing.@values → []
        missing.@tostr → ""
        name.@tostr → ""
        str.@tostr → ""
        name.@ugly.@tostr → ""
        friends.@ugly.@tostr → ""
        {name.first,age} → {}
        [name.first,age] → []
        {name.first,age,"the":friends.#(last="Murphy")#.first} → {}
        {"x":age,"y":{"z":name.first}} → {"y":{}}
        {x:age} → {}
        {"x\"y":age} → {}
        {name.@this} → {}
        {friends.#} → {}
        {friends.#.age} → {}
        {missing,age} → {}
        [missing,age] → []
        {} → {}
        [] → []
        {,} → {}
        [age,t,n,f,str].# → 0
        {age,n} → {}
        {a\*b} → {}
        {fav\.movie} → {}
        friends.{first} → {}
        name.{first,last} → {}
        name.[first,last] → []
        {"k":!"v","n":!5} → {"k":"v","n":5}
        {"k":!true} → {"k":true}
        @dig:first → []
        @dig:a → [1]
        @dig:x → [1]
        friends.@dig:age → []
        @dig → []
        ..# → 1
        ..#.age → []
        *.0 → {"id":1,"v":"1"}
        @keys → ["vals","cols","objs"]
        @keys.# → 3
        @values.# → 3
        vals.#(v==~true)#.id → [1,2,5,8,11]
        vals.#(v==~false)#.id → [3,4,6,7,9,14]
        vals.#(v==~null)#.id → [6,7]
        vals.#(v==~*)#.id → [1,2,3,4,5,6,8,9,10,11,12,13,14]
        vals.#(v!=~true)#.id → [3,4,6,7,9,10,12,13,14]
        vals.#(v!=~*)#.id → [7]
        vals.#(v)#.id → [1,2,3,4,5,6,8,9,10,11,12,13,14]
        vals.#(v==true)#.id → [2,4,8]
        vals.#(v=="true")#.id → [2,4,8]
        vals.#(v=="")#.id → [4,10]
        vals.#(v%"*")#.id → [1,2,3,10,11,13,14]
        vals.#(v!%"*a*")#.id → [1,2,10,11,14]
        vals.#(v>0)#.id → [1,2,3,5,11,13,14]
        vals.#(v<"b")#.id → [1,10,13,14]
        vals.#(id%2)# → []
        vals.#(id==abc)# → []
        vals.#(id==1e0).id → 1
        cols.@group → [{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3}]
        cols.@group.#.id → [1,2,3]
        objs.@join → {"a":1,"b":3,"c":4}
        objs.@join:{"preserve":true} → {"a":1,"b":2,"c":4}
        objs.#.@keys → [["a","b"],["b","c"],[null]]
        objs.#.@this → [{"a":1,"b":2},{"b":3,"c":4},5]
        objs.#.b → [2,3]
        vals.#.{id,v}.0 → []
        vals.@reverse.0.id → 14
        vals.#.v → ["1","true","false",0,1,null,true,false,"","t",{"x":1},"abc","F"]
        objs.#(a).@keys → ["a","b"]
        objs.#(a)#.@keys → [["a","b"]]
        objs.#(b>0)#.@reverse → [{"a":1,"b":2},{"b":3,"c":4}]
        objs.#(b>0)#.b.@reverse → [2,3]
        {a} → {}
        @keys.0 → "vals"
        0.@tostr → ""
        missing|!"x" → "x"
        missing|@keys → []
        {name|first,age} → {}
        @dig:#(first="Jane").age → []
        @dig:nets.#(="fb")|# → 0
        vals.#(v==~true)#|# → 5
        vals.#(v==~true)#|0|id → 1
        objs.#.b|# → 2
        @keys|@reverse → ["objs","cols","vals"]
        @join|@keys → ["vals","cols","objs"]
        cols|@group|0 → {"id":1,"name":"a"}
        cols.@group|@reverse → [{"id":3},{"id":2,"name":"b"},{"id":1,"name":"a"}]
        {"a":!1}|a → 1
        [!1,!"q"] → [1,"q"]
        {"a:b":age} → {}
        {"a":name.@pretty:{"sortKeys":true},age} → {}
        {@this:x,age} → {}
        {name.@this:first,"x":age} → {}
        {"x":name.{first,"y":last}} → {"x":{}}
        {"x":[age,{"z":age}]} → {"x":[{}]}
        {"a,b":age,t} → {}
        {name.{first}} → {"_":{}}
        {name.[first]} → {"_":[]}
        {"":age} → {}
        {name.first,name.first} → {}
        {children.#(="Alex")} → {}
        [friends.#(last="Murphy")#.first,age] → []
        """##

    private static let nestedCases = ##"""
        0 → [[1,2],[3]]
        # → 2
        @this → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @reverse → [{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]},[[1,2],[3]]]
        name.@keys → []
        name.@values → []
        children.@keys → []
        children.@values → []
        age.@keys → []
        age.@values → []
        n.@keys → []
        missing.@keys → []
        missing.@values → []
        missing.@tostr → ""
        name.@tostr → ""
        str.@tostr → ""
        @valid → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        name.@ugly.@tostr → ""
        friends.@ugly.@tostr → ""
        {name.first,age} → {}
        [name.first,age] → []
        {name.first,age,"the":friends.#(last="Murphy")#.first} → {}
        {"x":age,"y":{"z":name.first}} → {"y":{}}
        {x:age} → {}
        {"x\"y":age} → {}
        {name.@this} → {}
        {friends.#} → {}
        {friends.#.age} → {}
        {missing,age} → {}
        [missing,age] → []
        {} → {}
        [] → []
        {,} → {}
        [age,t,n,f,str].# → 0
        {age,n} → {}
        {a\*b} → {}
        {fav\.movie} → {}
        friends.{first} → {}
        name.{first,last} → {}
        name.[first,last] → []
        {"k":!"v","n":!5} → {"k":"v","n":5}
        {"k":!true} → {"k":true}
        @this.@this → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @this:5.age → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @pretty:x → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @dig:first → []
        @dig:a → []
        @dig:x → [1,2,3]
        friends.@dig:age → []
        @dig → []
        @join → {"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}
        ..# → 1
        ..#.age → []
        ..0 → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @keys → [null,null]
        @keys.# → 2
        @values.# → 2
        1 → {"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}
        #.a → []
        #.b.c → []
        #(a>=1)#.a → []
        #(>0)# → []
        #(!=1)# → []
        #(<3)# → []
        #(%"*")# → []
        #(==~true)# → []
        #(==~false)# → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        #(==~null)# → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        #(==~*)# → []
        @flatten → [[1,2],[3],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @flatten:{"deep":true} → [1,2,3,{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        0.0.0 → 1
        0.#.0 → [1,3]
        0.#.# → [2,1]
        1.k.#.x → [1,2]
        1.k.#.y.#.x → [[3]]
        1.k.#(y.#(x==3)).x → 2
        1.k.@dig:x → [1,2,3]
        @ugly.@tostr → "[[[1,2],[3]],{\"k\":[{\"x\":1},{\"x\":2,\"y\":[{\"x\":3}]}]}]"
        @fromstr → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        @values → [[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]
        {a} → {}
        @keys.0 → null
        0.@tostr → "[ [ 1 , 2 ] , [ 3 ] ]"
        missing|!"x" → "x"
        missing|@keys → []
        {name|first,age} → {}
        @dig:#(first="Jane").age → []
        @dig:nets.#(="fb")|# → 0
        @flatten|0 → [1,2]
        @keys|@reverse → [null,null]
        @join|@keys → ["k"]
        {"a":!1}|a → 1
        [!1,!"q"] → [1,"q"]
        {"a:b":age} → {}
        {"a":@pretty:{"sortKeys":true}} → {"a":[[[1,2],[3]],{"k":[{"x":1},{"x":2,"y":[{"x":3}]}]}]}
        {"a":name.@pretty:{"sortKeys":true},age} → {}
        {@this:x,age} → {}
        {name.@this:first,"x":age} → {}
        {"x":name.{first,"y":last}} → {"x":{}}
        {"x":[age,{"z":age}]} → {"x":[{}]}
        {"a,b":age,t} → {}
        {name.{first}} → {"_":{}}
        {name.[first]} → {"_":[]}
        {"":age} → {}
        {name.first,name.first} → {}
        {children.#(="Alex")} → {}
        [friends.#(last="Murphy")#.first,age] → []
        """##
}
