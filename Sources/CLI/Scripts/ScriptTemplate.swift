// The built-in templates of `apus new`, and what is filled into any template: the part of Go's notation
// k6's own templates need. Used by NewCommand.

enum ScriptTemplate {
    static let minimal = """
        import http from 'k6/http';
        import { check, sleep } from 'k6';

        export const options = {
          vus: 5,
          duration: '20s',{{ if .ProjectID }}
          cloud: {
            projectID: {{ .ProjectID }},
            name: '{{ .ScriptName }}',
          },{{ end }}
        };

        export default function () {
          const response = http.get(__ENV.BASE_URL || 'http://localhost:8080/');
          check(response, { 'the answer is 200': (r) => r.status === 200 });
          sleep(1);
        }

        """

    static let fullTest = """
        // Two scenarios against one service: visitors who read, and orders that come at a fixed rate.
        import http from 'k6/http';
        import exec from 'k6/execution';
        import { check, group, sleep } from 'k6';
        import { Trend } from 'k6/metrics';

        const base = __ENV.BASE_URL || 'http://localhost:8080';
        const orderTime = new Trend('order_time', true);

        export const options = {
          scenarios: {
            visitors: {
              executor: 'ramping-vus',
              exec: 'visit',
              stages: [
                { duration: '10s', target: 10 },
                { duration: '30s', target: 10 },
                { duration: '5s', target: 0 },
              ],
            },
            orders: {
              executor: 'constant-arrival-rate',
              exec: 'order',
              rate: 5,
              duration: '45s',
              preAllocatedVUs: 5,
              maxVUs: 50,
            },
          },
          thresholds: {
            http_req_failed: ['rate<0.01'],
            'http_req_duration{scenario:visitors}': ['p(95)<500'],
            order_time: ['p(99)<1000'],
          },{{ if .ProjectID }}
          cloud: {
            projectID: {{ .ProjectID }},
            name: '{{ .ScriptName }}',
          },{{ end }}
        };

        // Runs once, before the load. What it returns is handed to every iteration.
        export function setup() {
          const response = http.get(`${base}/`);
          if (response.status !== 200) {
            exec.test.abort(`${base} answers with ${response.status}, not 200`);
          }
          return { startedAt: new Date().toISOString() };
        }

        export function visit() {
          group('front page', () => {
            const response = http.get(`${base}/`);
            check(response, { 'the page is there': (r) => r.status === 200 });
          });
          sleep(1 + Math.random());
        }

        export function order(data) {
          const body = JSON.stringify({ article: 42, since: data.startedAt });
          const response = http.post(`${base}/echo`, body, {
            headers: { 'Content-Type': 'application/json' },
          });
          orderTime.add(response.timings.duration);
          check(response, { 'the order is taken': (r) => r.status === 200 });
        }

        """

    /// Fills in `{{ .ScriptName }}`, `{{ .ProjectID }}` and `{{ if … }} … {{ else }} … {{ end }}` on one of
    /// them; a `-` inside the braces takes the white space beside them away.
    /// - Throws: exit code 255 for anything else in braces.
    static func render(
        _ template: String, name: String, scriptName: String, projectID: String
    ) throws(CLIError) -> String {
        var out = ""
        /// Whether each open `if` shows its present branch.
        var shown: [Bool] = []
        var rest = template[...]
        var trimsNext = false
        func problem(_ what: String) -> CLIError {
            let line = template[..<rest.startIndex].count { $0.isNewline } + 1
            return CLIError("the template \(name), line \(line): \(what)")
        }
        func value(_ field: String) throws(CLIError) -> String {
            switch field {
            case ".ScriptName": return scriptName
            case ".ProjectID": return projectID
            default: throw problem("\"\(field)\" is unknown; there are .ScriptName and .ProjectID")
            }
        }
        func emit(_ text: Substring, _ isShown: Bool) {
            let text = trimsNext ? text.drop { $0.isWhitespace } : text
            if isShown { out += text }
        }
        while let open = rest.firstRange(of: "{{") {
            emit(rest[..<open.lowerBound], shown.allSatisfy { $0 })
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw problem("{{ is not closed") }
            var action = rest[..<close.lowerBound]
            if action.hasPrefix("- ") {
                action = action.dropFirst()
                while out.last?.isWhitespace == true { out.removeLast() }
            }
            trimsNext = action.hasSuffix(" -")
            if trimsNext { action = action.dropLast() }
            let words = action.split(whereSeparator: \.isWhitespace).map(String.init)
            switch (words.first, words.count) {
            case ("if", 2): shown.append(try !value(words[1]).isEmpty)
            case ("else", 1) where !shown.isEmpty: shown[shown.count - 1].toggle()
            case ("end", 1) where !shown.isEmpty: shown.removeLast()
            case (let field?, 1) where field.hasPrefix("."):
                let text = try value(field)
                if shown.allSatisfy({ $0 }) { out += text }
            default: throw problem("{{\(action)}} is not understood")
            }
            rest = rest[close.upperBound...]
        }
        if !shown.isEmpty { throw problem("an {{ if }} has no {{ end }}") }
        emit(rest, true)
        return out
    }
}
