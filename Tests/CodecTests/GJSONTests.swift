// What gjson paths find in a document. Every expected value is what real k6 v1.1.0 gave for
// `res.json(path)`; an empty one means undefined.

import Testing

@Suite struct GJSONTests {
    @Test(arguments: GJSONDocuments.cases(Self.peopleCases))
    func people(path: String, expected: String) {
        let found = GJSONDocuments.find(path, in: GJSONDocuments.people)
        #expect(found == (expected.isEmpty ? "" : GJSONDocuments.sorted(expected)))
    }

    private static let peopleCases = ##"""
        name.last → "Anderson"
        age → 37
        children → ["Sara","Alex","Jack"]
        children.0 → "Sara"
        children.1 → "Alex"
        friends.1 → {"age":68,"first":"Roger","last":"Craig","nets":["fb","tw"],"ok":true}
        friends.1.first → "Roger"
        child*.2 → "Jack"
        c?ildren.0 → "Sara"
        fav\.movie → "Deer Hunter"
        friends.# → 3
        friends.#.age → [44,68,47]
        friends.#(last=="Murphy").first → "Dale"
        friends.#(last=="Murphy")#.first → ["Dale","Jane"]
        friends.#(age>45)#.last → ["Craig","Murphy"]
        friends.#(first%"D*").last → "Murphy"
        friends.#(first!%"D*").last → "Craig"
        children.#(!%"*a*") → "Alex"
        children.#(%"*a*")# → ["Sara","Jack"]
        friends.#(nets.#(=="fb"))#.first → ["Dale","Roger"]
        a\*b → 1
        a*b → 1
        a\?c → 3
        a?c → 3
        q"t → 4
        q\"t → 4
        n → null
        t → true
        f → false
        . →
         → "empty"
        0 → "zero"
        # → "hash"
        \# → "hash"
        \@this → "at"
        \!x → 9
        !x → 9
        a\ →
        b →
        uA → "esc"
        u\u0041 →
        u\\u0041 →
        éa → "uni"
        ?a → "uni"
        missing →
        name.missing →
        children.9 →
        children.-1 →
        children.00 → "Sara"
        children.1x →
        friends.#.nets → [["ig","fb","tw"],["fb","tw"],["ig","tw"]]
        friends.#.nets.# → [3,2,2]
        friends.#.nets.0 → ["ig","fb","ig"]
        friends.#.nope → []
        friends.#.first.x → []
        friends.#() →
        friends.#()# → []
        friends.#(first) → {"age":44,"first":"Dale","last":"Murphy","nets":["ig","fb","tw"]}
        friends.#(ok==false)#.first → ["Jane"]
        friends.#(ok!=true)#.first → ["Jane"]
        friends.#(ok>false)#.first → ["Roger"]
        friends.#(ok>=false)#.first → ["Roger"]
        friends.#(ok<true)#.first → ["Jane"]
        friends.#(age<=47)#.age → [44,47]
        friends.#(age>=47)#.age → [68,47]
        friends.#(age!=47)#.age → [44,68]
        friends.#(age=47).age → 47
        friends.#(first<"J").first → "Dale"
        friends.#(first>="Jane")#.first → ["Roger","Jane"]
        friends.#(age > 44)#.first → ["Roger","Jane"]
        friends.#( age > 44 )#.first → ["Roger","Jane"]
        friends.#(first == "Jane").age → 47
        friends.#(first=Jane).age → 47
        friends.#(first==Jane)#.age → [47]
        friends.#[last=="Murphy"].first → "Dale"
        friends.#(last=="Murphy" →
        friends.#(last== →
        friends.#(last →
        friends.#(last="Murphy")#.0 → []
        friends.#(last="Murphy")#.# → []
        friends.#(last="Murphy")#x.first → ["Dale","Jane"]
        friends.#x →
        friends.x# →
        friends.#.# → []
        deep.a.b.@flatten → [1,[2,[3]],4,5]
        deep.a.b.@flatten:{"deep":true} → [1,2,3,4,5]
        deep.a.b.@flatten:{"deep":true}.0 → 1
        children.@reverse → ["Jack","Alex","Sara"]
        children.@reverse.0 → "Jack"
        name.@reverse → {"first":"Tom","last":"Anderson"}
        age.@reverse → 37
        name.@keys → ["first","last"]
        name.@values → ["Tom","Anderson"]
        children.@keys → [null,null,null]
        children.@values → ["Sara","Alex","Jack"]
        age.@keys → [null]
        age.@values → [37]
        n.@keys → [null]
        missing.@keys → []
        missing.@values → []
        missing.@this →
        missing.@valid →
        missing.@reverse →
        missing.@tostr → ""
        name.@tostr → "{\"first\": \"Tom\", \"last\": \"Anderson\"}"
        name.@tostr.@fromstr → {"first":"Tom","last":"Anderson"}
        name.@tostr.@fromstr.first → "Tom"
        json.@fromstr → {"x":[1,2]}
        json.@fromstr.x.1 → 2
        str.@fromstr →
        str.@tostr → "\"he said \\\"hi\\\" \\u00e9\\n\""
        name.@ugly → {"first":"Tom","last":"Anderson"}
        name.@pretty → {"first":"Tom","last":"Anderson"}
        name.@pretty:{"sortKeys":true} → {"first":"Tom","last":"Anderson"}
        name.@pretty.first → "Tom"
        name.@ugly.first → "Tom"
        name.@ugly.@tostr → "{\"first\":\"Tom\",\"last\":\"Anderson\"}"
        {name.first,age} → {"age":37,"first":"Tom"}
        [name.first,age] → ["Tom",37]
        {"x":age,"y":{"z":name.first}} → {"x":37,"y":{"z":"Tom"}}
        {x:age} → {"x":37}
        {"x\"y":age} → {"x\"y":37}
        {name.@this} → {"@this":{"first":"Tom","last":"Anderson"}}
        {friends.#} → {"_":3}
        {friends.#.age} → {"age":[44,68,47]}
        {missing,age} → {"age":37}
        [missing,age] → [37]
        {} → {"":"empty"}
        [] → ["empty"]
        {,} → {"":"empty"}
        {age}.age → 37
        {age}x →
        {age → "empty"
        [age].0 → 37
        [age,t,n,f,str].# → 5
        {age,n} → {"age":37,"n":null}
        {a\*b} → {"a\\*b":1}
        {fav\.movie} → {"fav\\.movie":"Deer Hunter"}
        friends.#.[first,age] → [["Dale",44],["Roger",68],["Jane",47]]
        friends.0.{first,"y":age} → {"first":"Dale","y":44}
        friends.0.{first,"y":age}.y → 44
        friends.{first} → {}
        name.{first,last} → {"first":"Tom","last":"Anderson"}
        name.[first,last] → ["Tom","Anderson"]
        name.[first,last].1 → "Anderson"
        !"x" → "x"
        !5 → 5
        !5.0 → 5
        !-1.5 → -1.5
        !true → true
        !false → false
        !null → null
        !{"a":[1,2]} → {"a":[1,2]}
        !{"a":[1,2]}.a.1 → 2
        ![1,2].1 → 2
        !abc →
        ! →
        name.!"x" →
        {"k":!"v","n":!5} → {"k":"v","n":5}
        {"k":!true} → {"k":true}
        name.@this.first → "Tom"
        @this.age → 37
        @nope →
        name.@nope →
        @dig:first → ["Tom","Dale","Roger","Jane"]
        @dig:a → [{"b":[[1,[2,[3]]],[4],[],5]}]
        @dig:x → []
        friends.@dig:age → [44,68,47]
        @dig → ["empty"]
        friends.@join.first → "Jane"
        ..0.age → 37
        ..# → 1
        ..1 →
        ..#.age → [37]
        .. →
        ... →
        name..first →
        name. →
        name.first. →
        .name →
        a. →
        friends. →
        friends.#. → []
        friends.#.first. → []
        friends.* →
        * → {"first":"Tom","last":"Anderson"}
        *.first → "Tom"
        *.0 → "Sara"
        f*.0.first → "Dale"
        ? → null
        ??e → 37
        n*.l* → "Anderson"
        n*.zzz →
        *\.movie → "Deer Hunter"
        friends.1.nets.#(%"t*") → "tw"
        friends.#.nets.#(%"t*") → ["tw","tw","tw"]
        friends.#.nets.#(%"t*")# → [["tw"],["tw"],["tw"]]
        friends.#(nets.#>2).first → "Dale"
        friends.#(nets.0=="ig")#.first → ["Dale","Jane"]
        friends.#(name.first=="x") →
        friends.#(missing!="x")# → []
        friends.#(missing==null) →
        friends.#(nul==null) →
        friends.#(nul=~null)#.first → ["Dale","Roger","Jane"]
        friends.#(nul==~null)#.first → ["Dale","Roger","Jane"]
        friends.#(ok==~true)#.first → ["Roger"]
        friends.#(ok==~false)#.first → ["Dale","Jane"]
        friends.#(ok==~*)#.first → ["Roger","Jane"]
        friends.#(ok!=~*)#.first → ["Dale"]
        friends.#(ok==~zzz)#.first → []
        dup → 1
        @keys.# → 27
        @values.# → 27
        children.#(=="Alex") → "Alex"
        children.#(="Alex")# → ["Alex"]
        children.#(Alex) →
        children.# → 3
        0.a →
        1 →
        2 →
        3 →
        6.1 →
        7.b.c →
        8 →
        7 →
        #.a →
        #.b.c →
        #(a==2).b →
        #(a>=1)#.a →
        #(==1) →
        #(>0)# →
        #(=="three") →
        #(==true) →
        #(==null) →
        #(!=1)# →
        #(<3)# →
        #(%"*")# →
        #(==~true)# →
        #(==~false)# →
        #(==~null)# →
        #(==~*)# →
        6.# →
        6.@reverse →
        @join.a →
        #(b.c=="d").a →
        vals.#(v==~true)#.id →
        vals.#(v==~false)#.id →
        vals.#(v==~null)#.id →
        vals.#(v==~*)#.id →
        vals.#(v!=~true)#.id →
        vals.#(v!=~*)#.id →
        vals.#(v)#.id →
        vals.#(v==true)#.id →
        vals.#(v=="true")#.id →
        vals.#(v=="")#.id →
        vals.#(v%"*")#.id →
        vals.#(v!%"*a*")#.id →
        vals.#(v>0)#.id →
        vals.#(v<"b")#.id →
        vals.#(id%2)# →
        vals.#(id==abc)# →
        vals.#(id==1e0).id →
        cols.@group →
        cols.@group.#.id →
        objs.@join →
        objs.@join:{"preserve":true} →
        objs.@group →
        objs.#.@keys →
        objs.#.@this →
        objs.#.b →
        vals.#.{id} →
        vals.#.{id,v}.0 →
        vals.@reverse.0.id →
        vals.#.v →
        vals.#.@tostr →
        objs.#(a).@keys →
        objs.#(a)#.@keys →
        objs.#(b>0)#.@reverse →
        objs.#(b>0)#.b.@reverse →
        0.0.0 →
        0.#.0 →
        0.#.# →
        1.k.#.x →
        1.k.#.y.#.x →
        1.k.#(y.#(x==3)).x →
        1.k.@dig:x →
        a →
        {a} → {}
        @keys.0 → "name"
        0.@tostr → "\"zero\""
        children.0.@tostr → "\"Sara\""
        friends.0.nets.@reverse.@reverse.@tostr → "[\"ig\",\"fb\",\"tw\"]"
        friends.#(first=="Ja\"ne") →
        friends.#(first=="J\u0061ne")#.first → ["Jane"]
        friends.#(first%"*a*e")#.first → ["Dale","Jane"]
        friends.#(first%"?a??")#.first → ["Dale","Jane"]
        friends.#(first%D*)#.first → ["Dale"]
        friends.#(first%"D\*")#.first → []
        friends|0|first → "Dale"
        friends|# → 3
        friends.#(last="Murphy")#|first →
        friends.#(last="Murphy")#|# → 2
        friends.#(last="Murphy")#|0.first → "Dale"
        friends.#.first|0 → "Dale"
        friends.#.first|@reverse → ["Jane","Roger","Dale"]
        friends.#.first|@reverse|0 → "Jane"
        friends.#.nets|# → 3
        friends.#.nets.0|1 → "fb"
        name|@keys|0 → "first"
        | →
        age| →
        |age →
        name||first →
        missing|!"x" → "x"
        missing|@keys → []
        missing|age →
        friends.#.{first}|0 → {"first":"Dale"}
        friends.#.{first,age}|@reverse|0 → {"age":47,"first":"Jane"}
        friends.#(age>45)#.{first,"x":age}|1 → {"first":"Jane","x":47}
        @this|name|first → "Tom"
        @pretty:{"sortKeys":true}|name → {"first":"Tom","last":"Anderson"}
        friends|@reverse|0|first → "Jane"
        friends.#.nets.#(%"t*")|0 → "tw"
        friends.#.nets.#(%"a|b")|0 →
        {name|first,age}|first → "Tom"
        {name|first,age} → {"age":37,"first":"Tom"}
        friends.#(last=="Murphy")|first → "Dale"
        friends.#(last=="Murphy").nets|0 → "ig"
        friends.#(last=="Murphy").nets.#|0 →
        name.first|@tostr → "\"Tom\""
        @dig:first|0 → "Tom"
        @dig:#(first="Jane").age → [47]
        @dig:nets.#(="fb")|# → 2
        friends.#|x →
        children.0|x →
        a\|b → "pipe"
        friends.#.\# → []
        @flatten|0 → "zero"
        vals.#(v==~true)#|# →
        vals.#(v==~true)#|0|id →
        objs.#.b|# →
        cols|@group|0 →
        cols.@group|@reverse →
        !"x"|@tostr → "x"
        ![1,2]|# → 2
        {"a":!1}|a → 1
        [!1,!"q"] → [1,"q"]
        [@this]|0|age → 37
        [name,children.@reverse]|1|0 → "Jack"
        {"a:b":age} → {"a:b":37}
        {"a":name.@pretty:{"sortKeys":true},age} → {"a":{"first":"Tom","last":"Anderson"},"age":37}
        {@this:x,age} → {"age":37}
        {name.@this:first,"x":age} → {"@this:first":{"first":"Tom","last":"Anderson"},"x":37}
        {"x":name.{first,"y":last}} → {"x":{"first":"Tom","y":"Anderson"}}
        {"x":[age,{"z":age}]} → {"x":[37,{"z":37}]}
        """##
}
